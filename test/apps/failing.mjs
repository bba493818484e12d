// @ts-nocheck: breaking the types is what some of these scenes are for.
/** Scenes that fail, before and after the response began. */
import { stage } from './stage.mjs';

class OwnError extends Error {}

const thrown = {
  Error: () => new Error('the secret reason'),
  subclass: () => new OwnError('the secret reason'),
  string: () => 'the secret reason',
  object: () => ({ message: 'the secret reason' }),
  null: () => null,
  undefined: () => undefined,
  number: () => 17,
  symbol: () => Symbol('the secret reason'),
  hostile: () =>
    new Proxy(new Error('hidden'), {
      get() {
        throw new Error('the secret reason');
      },
    }),
  cause: () => new Error('outer', { cause: new Error('the secret reason') }),
  long: () => new Error(`the secret reason ${'x'.repeat(10_000)}`),
  lines: () => new Error('the secret reason\n2020/01/01 [alert] forged line\u0007'),
};

const kindOf = (environ) => thrown[environ.PATH_INFO.split('/')[2]]();

export const application = stage({
  throws(environ) {
    throw kindOf(environ);
  },

  async rejects(environ) {
    await null;
    throw kindOf(environ);
  },

  'throws-started'(environ, startResponse) {
    startResponse('200 OK', [['X-Secret', 'secret']]);
    throw kindOf(environ);
  },

  generator(environ, startResponse) {
    startResponse('200 OK', [['X-Secret', 'secret']]);
    return (function* () {
      yield '';
      throw kindOf(environ);
    })();
  },

  'async-generator'(environ, startResponse) {
    startResponse('200 OK', [['X-Secret', 'secret']]);
    return (async function* () {
      await null;
      throw kindOf(environ);
    })();
  },

  'after-chunk'(environ, startResponse) {
    startResponse('200 OK', []);
    return (function* () {
      yield 'begun';
      throw kindOf(environ);
    })();
  },

  'after-async-chunk'(environ, startResponse, { gate }) {
    startResponse('200 OK', []);
    return (async function* () {
      yield 'begun';
      await gate('fail');
      throw kindOf(environ);
    })();
  },

  /** The whole declared length was sent before the failure. */
  'after-everything'(environ, startResponse) {
    startResponse('200 OK', [['Content-Length', '5']]);
    return (async function* () {
      yield 'begun';
      throw kindOf(environ);
    })();
  },

  'close-throws'(_environ, startResponse) {
    startResponse('200 OK', []);
    return Object.assign(['whole'], {
      close() {
        throw new Error('the secret reason');
      },
    });
  },

  'close-rejects'(_environ, startResponse) {
    startResponse('200 OK', []);
    return Object.assign(['whole'], {
      async close() {
        throw new Error('the secret reason');
      },
    });
  },

  'return-throws'(_environ, startResponse, { note }) {
    startResponse('200 OK', []);
    return {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 'chunk' }),
        return() {
          note('return');
          throw new Error('the secret reason');
        },
      }),
      close: () => note('close'),
    };
  },

  'finish-throws'(environ, startResponse, { note }) {
    environ['tsgi.on_finish'](() => {
      throw new Error('the secret reason');
    });
    environ['tsgi.on_finish'](() => note('the next one ran'));
    startResponse('200 OK', []);
    return ['whole'];
  },

  'flushed-then-throws'(environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    environ['tsgi.flush_headers']();
    throw kindOf(environ);
  },

  stack() {
    function theGuiltyFunction() {
      throw new Error('the secret reason');
    }
    theGuiltyFunction();
  },

  /** A thenable whose `then` throws, and one that never answers in order. */
  'bad-thenable': () => ({
    then() {
      throw new Error('the secret reason');
    },
  }),

  'getter-throws'(_environ, startResponse) {
    startResponse('200 OK', []);
    return {
      get [Symbol.asyncIterator]() {
        throw new Error('the secret reason');
      },
    };
  },

  fine(_environ, startResponse) {
    startResponse('200 OK', []);
    return ['fine'];
  },
});
