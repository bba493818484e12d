import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const dynamic = 'force-dynamic';

/** Files as the documentation of Next.js has them found, and as people do. */
export default async function Told() {
  const absolute = await readFile(join(process.cwd(), 'public/hello.txt'), 'utf8');
  const relative = await readFile('public/hello.txt', 'utf8');
  return <p>{absolute + relative}</p>;
}
