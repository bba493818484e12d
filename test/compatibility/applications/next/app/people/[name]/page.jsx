import { cookies, headers } from 'next/headers';
import { notFound } from 'next/navigation';

export async function generateMetadata({ params }) {
  return { title: (await params).name };
}

export default async function Person({ params, searchParams }) {
  const { name } = await params;
  if (name === 'nobody') {
    notFound();
  }
  const [query, fields, jar] = [await searchParams, await headers(), await cookies()];
  return (
    <dl>
      <dt>name</dt>
      <dd>{decodeURIComponent(name)}</dd>
      <dt>query</dt>
      <dd>{JSON.stringify(query)}</dd>
      <dt>middleware</dt>
      <dd>{fields.get('x-by-middleware')}</dd>
      <dt>agent</dt>
      <dd>{fields.get('user-agent')}</dd>
      <dt>who</dt>
      <dd>{jar.get('who')?.value ?? 'nobody known'}</dd>
    </dl>
  );
}
