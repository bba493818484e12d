// @ts-nocheck: breaking the types is what some of these scenes are for.
/** Scenes about the end: what is called, when, in which order, and what still works afterwards. */
import { failureOf, stage, told } from './stage.mjs';

/** A body that notes everything that is done to it, and gives chunks until `step` ends it. */
function body(note, step) {
  let index = 0;
  return {
    [Symbol.asyncIterator]() {
      note('iterate');
      return {
        async next() {
          return step(index++);
        },
        return() {
          note('return');
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
    close() {
      note('close');
    },
  };
}

const chunk = (value) => ({ done: false, value });
const end = { done: true, value: undefined };
const never = new Promise(() => {});

export const application = stage({
  natural(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return body(note, (index) => (index < 2 ? chunk('x') : end));
  },

  'natural-array'(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return Object.assign(['x'], { close: () => note('close') });
  },

  'natural-generator'(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return (function* () {
      try {
        yield 'x';
        note('ran to its end');
      } finally {
        note('finally');
      }
    })();
  },

  'natural-null'(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return null;
  },

  'close-order'(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return Object.assign(['x'], {
      async close() {
        note('close begins');
        await null;
        note('close ends');
      },
    });
  },

  'close-this'(_environ, startResponse, { note }) {
    startResponse('200 OK', []);
    const own = Object.assign(['x'], {
      close() {
        note(this === own);
      },
    });
    return own;
  },

  early(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return body(note, () => chunk('x'));
  },

  'early-length'(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', [['Content-Length', '2']]);
    return body(note, () => chunk('xxx'));
  },

  'early-204'(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('204 No Content', []);
    return body(note, () => chunk('x'));
  },

  'early-error'(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return body(note, (index) => chunk(index === 0 ? 'x' : 17));
  },

  /** An iterator that failed has ended by itself: there is nothing to return to. */
  'early-throw'(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return body(note, (index) => {
      if (index > 0) {
        throw new Error('the secret reason');
      }
      return chunk('x');
    });
  },

  'thrown-application'(environ, _startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    throw new Error('the secret reason');
  },

  /** The client leaves while `next()` is pending. */
  gone(environ, startResponse, { note }) {
    const signal = environ['tsgi.signal'];
    note({ aborted: signal?.aborted });
    signal?.addEventListener('abort', () => note({ abort: signal.aborted, reason: signal.reason instanceof Error }));
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return body(note, (index) => (index === 0 ? chunk('x') : never));
  },

  'gone-generator'(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return (async function* () {
      try {
        yield 'x';
        for (;;) {
          yield Buffer.alloc(65536);
        }
      } finally {
        note('finally');
      }
    })();
  },

  /** A generator in an await is told by the signal: `return()` waits its turn inside the generator. */
  'gone-signal'(environ, startResponse, { note }) {
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    return (async function* () {
      try {
        yield 'x';
        await new Promise((_resolve, reject) => {
          environ['tsgi.signal'].addEventListener('abort', () => reject(environ['tsgi.signal'].reason), { once: true });
        });
      } catch (error) {
        note(told(error).code ?? told(error).name);
      } finally {
        note('finally');
      }
    })();
  },

  /** The client leaves before there is any response. */
  async 'gone-waiting'(environ, startResponse, { note, gate }) {
    note('called');
    environ['tsgi.on_finish']((reason) => note(`finish ${reason}`));
    environ['tsgi.signal'].addEventListener('abort', () => note('abort'));
    await gate('go on');
    try {
      startResponse('200 OK', []);
      note('started');
    } catch (error) {
      note(told(error));
    }
    return body(note, () => chunk('x'));
  },

  /** A body that arrives after the exchange has ended. */
  async 'late-body'(environ, startResponse, { note, gate }) {
    startResponse('200 OK', []);
    environ['tsgi.signal'].addEventListener('abort', () => note('abort'));
    note('called');
    await gate('go on');
    return body(note, () => chunk('x'));
  },

  async 'late-plain-body'(environ, startResponse, { note, gate }) {
    startResponse('200 OK', []);
    environ['tsgi.signal'].addEventListener('abort', () => note('abort'));
    note('called');
    await gate('go on');
    note('returns');
    return ['x'];
  },

  /** `close()` never comes back: nothing of the server waits for it. */
  'close-hangs'(environ, startResponse, { note }) {
    startResponse('200 OK', []);
    return Object.assign(['whole'], {
      close: () => {
        note('close');
        return never;
      },
    });
  },

  'close-hangs-in-pieces'(environ, startResponse, { note }) {
    startResponse('200 OK', []);
    return Object.assign(new Set(['wh', 'ole']), {
      close: () => {
        note('close');
        return never;
      },
    });
  },

  'return-hangs'(environ, startResponse, { note }) {
    startResponse('200 OK', []);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve(chunk('x')),
        return() {
          note('return');
          return never;
        },
      }),
      close: () => note('close'),
    };
  },

  /** Everything that an application can call, after the end. */
  expired(environ, startResponse, { note, gate }) {
    const write = startResponse('200 OK', []);
    void gate('later').then(async () => {
      note({
        startResponse: await failureOf(() => startResponse('200 OK', [])),
        write: await failureOf(() => write('x')),
        flush: environ['tsgi.flush_headers'] ? await failureOf(() => environ['tsgi.flush_headers']()) : 'absent',
        finish: await failureOf(() => environ['tsgi.on_finish'](() => {})),
        hints: environ['tsgi.early_hints']
          ? await failureOf(() => environ['tsgi.early_hints']([['Link', '</a>']]))
          : 'absent',
        read: await failureOf(() => environ['tsgi.input'].read()),
        errors: await failureOf(() => environ['tsgi.errors'].write('the last words\n')),
      });
    });
    return ['answered'];
  },

  /** Is `write` told from an exception? It must reject, not throw. */
  'expired-write'(_environ, startResponse, { note, gate }) {
    const write = startResponse('200 OK', []);
    void gate('later').then(async () => {
      let promise;
      try {
        promise = write('x');
      } catch {
        note('threw');
        return;
      }
      note(promise instanceof Promise ? 'a promise' : typeof promise);
      await promise.catch((error) => note(told(error)));
    });
    return ['answered'];
  },

  'signal-quiet'(environ, startResponse, { note, gate }) {
    const signal = environ['tsgi.signal'];
    signal?.addEventListener('abort', () => note('abort'));
    note({ signal: signal instanceof AbortSignal, aborted: signal?.aborted });
    environ['tsgi.on_finish'](() => {
      void gate('later').then(() => note({ aborted: signal?.aborted }));
    });
    startResponse('200 OK', []);
    return ['answered'];
  },

  async 'finish-each'(environ, startResponse, { note }) {
    environ['tsgi.on_finish'](() => note('one'));
    environ['tsgi.on_finish'](() => note('two'));
    environ['tsgi.on_finish']((reason) => note(reason));
    startResponse('200 OK', []);
    return ['answered'];
  },
});
