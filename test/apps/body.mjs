// @ts-nocheck: breaking the types is what some of these scenes are for.
/** Scenes about bodies, their lengths, and responses that have none. */
import { stage } from './stage.mjs';

const notBodies = {
  string: 'bare text',
  'empty string': '',
  Uint8Array: new Uint8Array([1, 2, 3]),
  Buffer: Buffer.from('bare'),
  number: 17,
  true: true,
  object: {},
  function: () => ['x'],
  Response: new Response('x'),
  ArrayBuffer: new ArrayBuffer(4),
  Uint16Array: new Uint16Array(4),
};

const notChunks = {
  number: 17,
  null: null,
  undefined,
  object: {},
  array: ['x'],
  ArrayBuffer: new ArrayBuffer(4),
  Uint16Array: new Uint16Array(4),
  DataView: new DataView(new ArrayBuffer(4)),
  promise: Promise.resolve('x'),
  boolean: false,
};

const simple = (body) => (_environ, startResponse) => {
  startResponse('200 OK', []);
  return body();
};

/** An iterator by hand, that notes what is done with it. */
function noted(note, chunks, more = {}) {
  let index = 0;
  return {
    [Symbol.asyncIterator]() {
      return {
        next() {
          note(`next ${index}`);
          return Promise.resolve(
            index < chunks.length ? { done: false, value: chunks[index++] } : { done: true, value: undefined },
          );
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
    ...more,
  };
}

const withLength = (length, make) => (environ, startResponse, prompt) => {
  const write = startResponse('200 OK', [['Content-Length', String(length)]]);
  return make(write, prompt);
};

export const application = stage({
  array: simple(() => ['a', Buffer.from('b'), new Uint8Array([0x63])]),
  'array-of-one': simple(() => ['only']),
  'array-empty': simple(() => []),
  'array-of-empty': simple(() => ['', new Uint8Array(0)]),
  'array-subclass': simple(() => new (class Own extends Array {})('a', 'b')),
  set: simple(() => new Set(['a', 'b'])),
  generator: simple(function* () {
    yield 'a';
    yield '';
    yield Buffer.from('b');
  }),
  'async-generator': simple(async function* () {
    yield 'a';
    await null;
    yield 'b';
  }),
  'readable-stream': simple(() => new Response('streamed').body),
  promise: (_environ, startResponse) => Promise.resolve().then(() => (startResponse('200 OK', []), ['promised'])),
  null: simple(() => null),
  undefined: simple(() => undefined),
  'promise-null': simple(() => Promise.resolve(null)),
  'both-ways': simple(() => ({
    *[Symbol.iterator]() {
      yield 'synchronous';
    },
    async *[Symbol.asyncIterator]() {
      yield 'asynchronous';
    },
  })),
  'sync-next-of-async': simple(() => ({
    [Symbol.asyncIterator]() {
      let left = 2;
      return { next: () => (left-- > 0 ? { done: false, value: 'x' } : { done: true, value: undefined }) };
    },
  })),
  'value-of-return': simple(function* () {
    yield 'a';
    return 'not a chunk';
  }),

  utf8: simple(() => ['h\u00e9llo ', '\u20ac', '\u{1f600}', '\u0000']),
  surrogates: simple(function* () {
    yield 'a\ud83d';
    yield '\ude00b';
    yield '\udfff\ud800';
  }),
  'surrogates-array': simple(() => ['a\ud83d', '\ude00b']),
  bytes: simple(() => [Uint8Array.from({ length: 256 }, (_, index) => index)]),
  view: simple(() => [new Uint8Array(new Uint8Array([1, 65, 66, 2]).buffer, 1, 2)]),
  shared: simple(() => [new Uint8Array(new SharedArrayBuffer(3)).fill(65)]),

  'large-string': simple(() => ['\u00e9'.repeat(1_500_000)]),
  'large-chunk': simple(function* () {
    yield Buffer.alloc(5_000_000, 'x');
    yield 'end';
  }),
  'many-chunks': simple(function* () {
    for (let index = 0; index < 20_000; index++) {
      yield `${index},`;
    }
  }),
  'one-byte-chunks': simple(async function* () {
    for (const byte of Buffer.from('0123456789'.repeat(100))) {
      yield Uint8Array.of(byte);
    }
  }),
  /** The same buffer again and again: it may change at the next pull. */
  reused: simple(function* () {
    const block = Buffer.alloc(50_000);
    for (let index = 0; index < 40; index++) {
      yield block.fill(65 + (index % 26));
    }
  }),

  'not-body': (environ, startResponse) => {
    startResponse('200 OK', []);
    return notBodies[environ.PATH_INFO.split('/')[2]];
  },
  'not-chunk': (environ, startResponse) => {
    startResponse('200 OK', []);
    const bad = notChunks[environ.PATH_INFO.split('/')[2]];
    return (function* () {
      yield bad;
    })();
  },
  'not-chunk-array': (environ, startResponse) => {
    startResponse('200 OK', []);
    return [notChunks[environ.PATH_INFO.split('/')[2]]];
  },
  'not-chunk-late': (environ, startResponse) => {
    startResponse('200 OK', []);
    const bad = notChunks[environ.PATH_INFO.split('/')[2]];
    return (function* () {
      yield 'begun';
      yield bad;
    })();
  },

  /** Notes how often `next` runs at the same time. */
  'one-at-a-time': (_environ, startResponse, { note }) => {
    startResponse('200 OK', []);
    let running = 0;
    let most = 0;
    let left = 50;
    return {
      [Symbol.asyncIterator]: () => ({
        async next() {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
          if (left-- > 0) {
            return { done: false, value: 'x' };
          }
          note({ most });
          return { done: true, value: undefined };
        },
      }),
    };
  },

  /** A body that is not pulled while the client reads nothing. */
  'pulled-as-read': (_environ, startResponse, { note }) => {
    startResponse('200 OK', []);
    let pulled = 0;
    return (function* () {
      for (; pulled < 400; pulled++) {
        if (pulled === 0 || pulled === 399) {
          note(`pulled ${pulled}`);
        }
        yield Buffer.alloc(256 * 1024, 'x');
      }
    })();
  },

  /** Each chunk must be at the client before the next is made. */
  'never-delayed': (_environ, startResponse, { gate }) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return (async function* () {
      for (const step of ['one', 'two', 'three']) {
        yield step;
        await gate(step);
      }
    })();
  },

  'write-then-pull': (_environ, startResponse, { note }) => {
    const write = startResponse('200 OK', []);
    void write(Buffer.alloc(32 << 20, 'w'));
    note('written');
    return (function* () {
      note('pulled');
      yield 'body';
    })();
  },

  // Lengths.
  'length-exact': withLength(6, () => ['abc', 'def']),
  'length-generator': withLength(6, function* () {
    yield 'abc';
    yield 'def';
  }),
  'length-write': withLength(9, (write) => (write('abc'), ['def', 'ghi'])),
  'length-zero': withLength(0, () => []),
  'length-utf8': withLength(3, () => ['\u20ac']),
  'length-natural': withLength(6, (_write, { note }) => noted(note, ['abc', 'def'])),
  'length-excess': withLength(4, (_write, { note }) => noted(note, ['abc', 'def', 'ghi'])),
  'length-excess-array': withLength(4, () => ['abc', 'def']),
  'length-excess-write': withLength(4, (write, { note }) => (write('abcdef'), noted(note, ['ghi']))),
  'length-excess-zero': withLength(0, () => ['abc']),
  'length-short': withLength(10, () => ['abc']),
  'length-short-generator': withLength(10, function* () {
    yield 'abc';
    yield 'def';
  }),
  'length-short-empty': withLength(10, () => null),
  'length-short-write': withLength(10, (write) => (write('abc'), null)),
  'length-large': withLength(3_000_000, function* () {
    for (let index = 0; index < 30; index++) {
      yield Buffer.alloc(100_000, 'x');
    }
  }),
  'array-after-write': (_environ, startResponse) => {
    const write = startResponse('200 OK', []);
    write('written,');
    return ['array'];
  },
  'array-late-start': (_environ, startResponse) => {
    startResponse('200 OK', []);
    startResponse('200 Replaced', [['Content-Length', '3']], new Error('why'));
    return ['abc'];
  },

  // HEAD, 204, 304.
  'any-body': (_environ, startResponse, { note }) => {
    startResponse('200 OK', []);
    return noted(note, ['', 'first', 'second']);
  },
  'only-empty': (_environ, startResponse, { note }) => {
    startResponse('200 OK', []);
    return noted(note, ['', '']);
  },
  'head-write': async (_environ, startResponse, { note }) => {
    const write = startResponse('200 OK', [['Content-Length', '11']]);
    // Both at once: the client has its whole response with the first of them, and may be gone before the next turn.
    const writes = [write('hello '), write(Buffer.alloc(1 << 20))];
    note((await writes[0]) ?? 'resolved');
    note((await writes[1]) ?? 'resolved');
    return ['world'];
  },
  method: (environ, startResponse) => {
    startResponse('200 OK', [['X-Method', environ.REQUEST_METHOD]]);
    return ['four'];
  },
  status: (environ, startResponse, { note }) => {
    const code = environ.PATH_INFO.split('/')[2];
    startResponse(`${code} Own`, [
      ['ETag', '"x"'],
      ['Content-Length', '5'],
    ]);
    return noted(note, ['', 'hello']);
  },
  'status-array': (environ, startResponse) => {
    startResponse(`${environ.PATH_INFO.split('/')[2]} Own`, [['X-A', 'b']]);
    return ['hello'];
  },
  'status-write': (environ, startResponse) => {
    const write = startResponse(`${environ.PATH_INFO.split('/')[2]} Own`, [['X-A', 'b']]);
    write('hello');
    return ['more'];
  },
  'status-bare': (environ, startResponse) => {
    startResponse(`${environ.PATH_INFO.split('/')[2]} Own`, []);
    return null;
  },

  'close-not-a-function': (_environ, startResponse) => {
    startResponse('200 OK', []);
    return Object.assign(
      (function* () {
        yield 'x';
      })(),
      { close: 17 },
    );
  },
  'iterator-throws': (_environ, startResponse) => {
    startResponse('200 OK', []);
    return {
      [Symbol.iterator]() {
        throw new Error('the secret reason');
      },
    };
  },
  'next-answers-nothing': (_environ, startResponse) => {
    startResponse('200 OK', []);
    return { [Symbol.iterator]: () => ({ next: () => undefined }) };
  },
});
