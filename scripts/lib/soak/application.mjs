/** What `npm run soak` asks for: answers of each kind, deeds that a server has to survive, and what is still live. */
import { createHash } from 'node:crypto';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** Of this life of the application. */
const id = Math.random().toString(36).slice(2);
const block = Buffer.alloc(65536, 'soak ');
const file = fileURLToPath(new URL('file.bin', import.meta.url));
/** @type {unknown[]} */
const kept = [];
let live = 0;

const state = () => [JSON.stringify({ id, pid: process.pid, live: live - 1, heap: process.memoryUsage().heapUsed })];

/** @type {Record<string, (environ: any, startResponse: any) => any>} */
const answers = {
  '/hello'(_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return ['hello, world\n'];
  },

  async *'/events'(_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/event-stream']]);
    for (let n = 1; n <= 5; n++) {
      yield `data: ${n}\n\n`;
      await pause(1);
    }
  },

  async *'/download'(_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'application/octet-stream']]);
    for (let n = 0; n < 16; n++) {
      yield block;
    }
  },

  '/file'(environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'application/octet-stream']]);
    return environ['tsgi.file_wrapper'](file);
  },

  async '/upload'(environ, startResponse) {
    const hash = createHash('sha1');
    for await (const chunk of environ['tsgi.input']) {
      hash.update(chunk);
    }
    startResponse('200 OK', []);
    return [hash.digest('hex')];
  },

  '/error'() {
    throw new Error('on purpose');
  },

  /** Until the client leaves. */
  async '/late'(environ, startResponse) {
    await new Promise((resolve) => environ['tsgi.signal'].addEventListener('abort', resolve));
    startResponse('200 OK', []);
    return ['to nobody'];
  },

  async *'/endless'(_environ, startResponse) {
    startResponse('200 OK', []);
    for (;;) {
      yield block;
      await turn();
    }
  },

  '/state'(_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'application/json']]);
    return state();
  },

  /** So long that each process of the server gets one of those that are asked at the same time. */
  async '/collect'(_environ, startResponse) {
    await pause(100);
    collect();
    startResponse('200 OK', [['Content-Type', 'application/json']]);
    return state();
  },

  '/loop'() {
    for (;;) {
      kept.length = 0;
    }
  },

  async '/heap'() {
    for (;;) {
      kept.push(new Array(65536).fill(kept.length));
      if (kept.length % 16 === 0) {
        await turn();
      }
    }
  },

  '/exit'() {
    process.exit(1);
  },
};

/** @type {import('tsgi').Application} */
export function application(environ, startResponse) {
  live++;
  /** @type {any} */ (environ)['tsgi.on_finish'](() => live--);
  const answer = answers[environ.PATH_INFO];
  if (answer === undefined) {
    startResponse('404 Not Found', []);
    return ['nothing here\n'];
  }
  return answer(environ, startResponse);
}
