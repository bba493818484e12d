// @ts-nocheck: the scenes are deliberately untidy.
/** Scenes for exchanges that are cut at any moment: every way of answering, and a count of what is still open. */
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(import.meta.url);

/** Bodies that were made and not closed, iterations begun and not ended, callbacks promised and not made. */
const open_ = { bodies: 0, iterations: 0, callbacks: 0 };
let unhandled = 0;
process.on('unhandledRejection', () => {
  unhandled++;
});

function body(steps) {
  open_.bodies++;
  return {
    async *[Symbol.asyncIterator]() {
      open_.iterations++;
      try {
        yield* steps();
      } finally {
        open_.iterations--;
      }
    },
    close() {
      open_.bodies--;
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const scenes = {
  array: (_environ, startResponse) => {
    startResponse('200 OK', []);
    return ['whole'];
  },
  large: (_environ, startResponse) => {
    startResponse('200 OK', []);
    return [Buffer.alloc(300_000, 'x')];
  },
  stream: (_environ, startResponse) => {
    startResponse('200 OK', []);
    return body(async function* () {
      for (let index = 0; index < 5; index++) {
        yield `chunk ${index}`;
        await turn();
      }
    });
  },
  heavy: (_environ, startResponse) => {
    startResponse('200 OK', []);
    return body(async function* () {
      for (let index = 0; index < 10; index++) {
        yield Buffer.alloc(100_000, 'x');
      }
    });
  },
  write: async (_environ, startResponse) => {
    const write = startResponse('200 OK', []);
    write('first');
    await turn();
    write(Buffer.alloc(300_000, 'y'));
    await write('last');
    return body(async function* () {
      yield 'body';
    });
  },
  echo: (environ, startResponse) => {
    startResponse('200 OK', []);
    return body(async function* () {
      yield* environ['tsgi.input'];
    });
  },
  read: async (environ, startResponse) => {
    const text = await environ['tsgi.input'].read();
    startResponse('200 OK', []);
    return [text];
  },
  late: async (_environ, startResponse) => {
    for (let index = 0; index < 5; index++) {
      await turn();
    }
    startResponse('200 OK', []);
    return body(async function* () {
      yield 'late';
    });
  },
  fail: async () => {
    await turn();
    throw new Error('expected');
  },
  'fail-late': (_environ, startResponse) => {
    startResponse('200 OK', []);
    return body(async function* () {
      yield 'begun';
      throw new Error('expected');
    });
  },
  file: (environ, startResponse) => {
    startResponse('200 OK', []);
    return environ['tsgi.file_wrapper'](own);
  },
  handle: async (environ, startResponse) => {
    startResponse('200 OK', []);
    return environ['tsgi.file_wrapper'](await open(own));
  },
  short: (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Length', '10']]);
    return body(async function* () {
      yield 'short';
    });
  },
  hints: async (environ, startResponse) => {
    environ['tsgi.early_hints']?.([['Link', '</a>']]);
    startResponse('200 OK', []);
    environ['tsgi.flush_headers']();
    return body(async function* () {
      await turn();
      yield 'hinted';
    });
  },
};

export const names = Object.keys(scenes);

export function application(environ, startResponse) {
  const name = environ.PATH_INFO.slice(1);
  if (name === '_open') {
    startResponse('200 OK', []);
    return [JSON.stringify({ ...open_, unhandled })];
  }
  open_.callbacks++;
  environ['tsgi.on_finish'](() => {
    open_.callbacks--;
  });
  return scenes[name](environ, startResponse);
}
