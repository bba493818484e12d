import Image from 'next/image';
import Link from 'next/link';
import Counter from './counter';

export default function Page() {
  return (
    <main>
      <h1>A site für alle</h1>
      <Link href="/people/ada">Ada</Link>
      <Image src="/pixel.png" width={32} height={32} alt="a pixel" />
      <Counter />
    </main>
  );
}
