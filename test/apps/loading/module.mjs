/** An ES module with a top-level await, and everything a module may import. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { half } from './half.mjs';

const awaited = await new Promise((resolve) => setImmediate(() => resolve('awaited')));
const require = createRequire(import.meta.url);

export default async function application(_environ, startResponse) {
  const { other } = await import('./half.mjs');
  startResponse('200 OK', []);
  return [
    JSON.stringify({
      awaited,
      half,
      other,
      json: require('./data.json').value,
      file: new URL(import.meta.url).pathname.split('/').at(-1),
      read: readFileSync(new URL('./data.json', import.meta.url), 'utf8').length > 0,
    }),
  ];
}
