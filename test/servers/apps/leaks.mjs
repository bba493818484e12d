/** Fails in every way there is; each error holds what nobody may be told. */
import { readFileSync } from 'node:fs';

const secret = `the secret of ${import.meta.url}, process ${process.pid}, Node ${process.version}`;
const kept = [];

/** @type {import('tsgi').Application} */
const begin = (_environ, startResponse) => startResponse('200 OK', [['Content-Type', 'text/plain']]);

const deeds = {
  throws() {
    throw new Error(secret);
  },
  'throws-nothing'() {
    throw undefined;
  },
  async rejects() {
    await null;
    throw Object.assign(new TypeError(secret), { status: 418, statusCode: 418, headers: { 'X-Secret': secret } });
  },
  'reads-file'() {
    readFileSync('/nowhere/secret');
  },
  async *'in-body'(environ, startResponse) {
    begin(environ, startResponse);
    throw new Error(secret);
  },
  'after-head'(environ, startResponse) {
    begin(environ, startResponse);
    throw new Error(secret);
  },
  async *'after-chunk'(environ, startResponse) {
    begin(environ, startResponse);
    yield 'begun';
    throw new Error(secret);
  },
  'no-head': () => [secret],
  'no-body': () => undefined,
  'wrong-body'(environ, startResponse) {
    begin(environ, startResponse);
    return 7;
  },
  'wrong-chunk'(environ, startResponse) {
    begin(environ, startResponse);
    return [{ secret }];
  },
  'wrong-status'(_environ, startResponse) {
    startResponse(`200 OK\r\nX-Secret: ${secret}`, []);
    return [];
  },
  'wrong-field'(_environ, startResponse) {
    startResponse('200 OK', [['X-Secret', `${secret}\r\nX-Other: 1`]]);
    return [];
  },
  'in-callback': () =>
    new Promise(() => {
      setImmediate(() => {
        throw new Error(secret);
      });
    }),
  unhandled: () => new Promise(() => void Promise.reject(new Error(secret))),
  exits: () => process.exit(3),
  waits: () => new Promise(() => {}),
  loops() {
    for (;;);
  },
  hoards() {
    for (;;) {
      kept.push(new Array(65536).fill(kept.length));
    }
  },
};

/** @type {import('tsgi').Application} */
export function application(environ, startResponse) {
  const deed = deeds[environ.PATH_INFO.slice(1)];
  if (deed === undefined) {
    begin(environ, startResponse);
    return ['well'];
  }
  return deed(environ, startResponse);
}
