/** Knows how many requests it has in hand. */
import { stage } from '../../apps/stage.mjs';

let live = 0;
/** @type {Array<() => void>} */
let met = [];

const scenes = stage({
  /** Says that it has begun, and goes on until the client leaves. */
  async *held(environ, startResponse) {
    const left = new Promise((resolve) => environ['tsgi.signal']?.addEventListener('abort', resolve));
    startResponse('200 OK', []);
    yield String(process.pid);
    await left;
  },

  async *events(environ, startResponse) {
    const signal = environ['tsgi.signal'];
    startResponse('200 OK', [['Content-Type', 'text/event-stream']]);
    for (let count = 0; signal?.aborted === false; count++) {
      yield `data: ${count}\n\n`;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },

  /** Answers when as many are here as the query says. */
  async meet(environ, startResponse) {
    await new Promise((/** @type {(value: void) => void} */ resolve) => {
      met.push(resolve);
      if (met.length === Number(environ.QUERY_STRING)) {
        met.forEach((go) => go());
        met = [];
      }
    });
    startResponse('200 OK', []);
    return ['met'];
  },

  count(_environ, startResponse) {
    startResponse('200 OK', []);
    return [String(live)];
  },
});

/** @type {import('../../../src/spec/index.js').Application} */
export const application = (environ, startResponse) => {
  live++;
  environ['tsgi.on_finish']?.(() => live--);
  return scenes(environ, startResponse);
};
