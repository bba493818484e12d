import { Suspense } from 'react';

export const dynamic = 'force-dynamic';

async function Late() {
  const response = await fetch('data:application/json,{"what":"late"}');
  await new Promise((resolve) => setTimeout(resolve, 50));
  return <p>{(await response.json()).what}</p>;
}

export default function Slow() {
  return (
    <Suspense fallback={<p>wait</p>}>
      <Late />
    </Suspense>
  );
}
