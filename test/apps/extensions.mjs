// @ts-nocheck: breaking the types is what some of these scenes are for.
/** Scenes about the extensions of environ. */
import { closeSync, fstatSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { failureOf, stage } from './stage.mjs';

const SIZE = 1_000_003;
const content = Buffer.alloc(SIZE);
for (let index = 0; index < SIZE; index++) {
  content[index] = (index * 31 + (index >> 8)) & 0xff;
}

let folder;
/** A file of known content, made once. */
async function file() {
  if (folder === undefined) {
    folder = await mkdtemp(join(tmpdir(), 'tsgi-files-'));
    process.on('exit', () => folder !== undefined && rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'small'), 'the file');
    await writeFile(join(folder, 'large'), content);
  }
  return folder;
}

export async function close() {
  if (folder !== undefined) {
    await rm(folder, { recursive: true, force: true });
    folder = undefined;
  }
}

const isOpen = (fd) => {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
};

/** A scene that answers with what `tsgi.file_wrapper` makes. */
const serving =
  (make, headers = []) =>
  async (environ, startResponse, prompt) => {
    const path = await file();
    startResponse('200 OK', headers);
    return make(environ['tsgi.file_wrapper'], path, prompt);
  };

export const application = stage({
  which(environ, startResponse) {
    const present = Object.keys(environ).filter((name) => name.startsWith('tsgi.'));
    startResponse('200 OK', []);
    return [JSON.stringify({ present, undefined: present.filter((name) => environ[name] === undefined) })];
  },

  'flush-headers'(environ, startResponse, { gate }) {
    startResponse('200 OK', [
      ['X-Early', 'yes'],
      ['Content-Type', 'text/plain'],
    ]);
    environ['tsgi.flush_headers']();
    return (async function* () {
      await gate('body');
      yield 'body';
    })();
  },

  async 'flush-idle'(environ, startResponse, { note }) {
    note(await failureOf(() => environ['tsgi.flush_headers']()));
    startResponse('200 OK', []);
    return ['body'];
  },

  async 'flush-commits'(environ, startResponse, { note }) {
    startResponse('200 OK', []);
    environ['tsgi.flush_headers']();
    const error = new Error('the secret reason');
    try {
      startResponse('500 Late', [], error);
      note('accepted');
    } catch (thrown) {
      note(thrown === error);
    }
    return ['body'];
  },

  async 'flush-twice'(environ, startResponse, { note }) {
    startResponse('200 OK', []);
    environ['tsgi.flush_headers']();
    note(await failureOf(() => environ['tsgi.flush_headers']()));
    return ['body'];
  },

  hints(environ, startResponse, { note }) {
    environ['tsgi.early_hints']([['Link', '</style.css>; rel=preload']]);
    environ['tsgi.early_hints']([['Link', '</more.css>; rel=preload']]);
    startResponse('200 OK', []);
    environ['tsgi.early_hints']([['Link', '</last.css>; rel=preload']]);
    note('hinted');
    return ['body'];
  },

  async 'hints-late'(environ, startResponse, { note }) {
    startResponse('200 OK', []);
    return (async function* () {
      yield 'x';
      note(await failureOf(() => environ['tsgi.early_hints']([['Link', '</a>']])));
    })();
  },

  async 'hints-bad'(environ, startResponse, { note }) {
    note(await failureOf(() => environ['tsgi.early_hints']([['Link', 'a\r\nX-Injected: yes']])));
    note(await failureOf(() => environ['tsgi.early_hints']('Link: a')));
    startResponse('200 OK', []);
    return ['body'];
  },

  'raw-headers'(environ, startResponse) {
    startResponse('200 OK', []);
    return [JSON.stringify(environ['tsgi.raw_headers'])];
  },

  'raw-headers-same'(environ, startResponse) {
    startResponse('200 OK', []);
    const raw = environ['tsgi.raw_headers'];
    return [JSON.stringify({ array: Array.isArray(raw), same: raw === environ['tsgi.raw_headers'] })];
  },

  'file-path': serving((wrap, path) => wrap(join(path, 'small'))),
  'file-large': serving((wrap, path) => wrap(join(path, 'large'))),
  'file-range': serving((wrap, path) => wrap(join(path, 'large'), { offset: 1000, length: 500_000 })),
  'file-offset': serving((wrap, path) => wrap(join(path, 'small'), { offset: 4 })),
  'file-past-end': serving((wrap, path) => wrap(join(path, 'small'), { offset: 100 })),
  'file-long-length': serving((wrap, path) => wrap(join(path, 'small'), { length: 100 })),
  'file-empty-length': serving((wrap, path) => wrap(join(path, 'small'), { length: 0 })),
  'file-declared': serving((wrap, path) => wrap(join(path, 'large'), { length: 2000 }), [['Content-Length', '2000']]),
  'file-declared-less': serving((wrap, path) => wrap(join(path, 'large')), [['Content-Length', '1000']]),
  'file-declared-more': serving((wrap, path) => wrap(join(path, 'small')), [['Content-Length', '1000']]),
  'file-fd': serving((wrap, path, { note }) => {
    const fd = openSync(join(path, 'small'), 'r');
    const body = wrap(fd);
    const own = body.close;
    body.close = async function () {
      await own.call(this);
      note({ open: isOpen(fd) });
    };
    return body;
  }),
  'file-handle': serving(async (wrap, path) => wrap(await open(join(path, 'small')))),
  'file-readable': serving((wrap) => wrap(Readable.from([Buffer.from('from '), Buffer.from('a stream')]))),
  'file-readable-range': serving((wrap) =>
    wrap(Readable.from([Buffer.from('from '), Buffer.from('a stream')]), { offset: 2, length: 5 }),
  ),
  'file-missing': serving((wrap, path) => wrap(join(path, 'missing'))),
  'file-folder': serving((wrap, path) => wrap(path)),
  'file-after-write': async (environ, startResponse) => {
    const path = await file();
    await startResponse('200 OK', [])('written,');
    return environ['tsgi.file_wrapper'](join(path, 'small'));
  },
  /** Middleware that looks at each chunk: the wrapper is a plain iterable to it. */
  'file-through-middleware': serving(async function* (wrap, path) {
    let size = 0;
    for await (const block of wrap(join(path, 'large'), { blockSize: 1000 })) {
      size = Math.max(size, block.length);
      yield block;
    }
    yield ` ${size}`;
  }),
  'file-twice': async (environ, startResponse, { note }) => {
    const wrapper = environ['tsgi.file_wrapper'](join(await file(), 'small'));
    for await (const block of wrapper) {
      note(Buffer.from(block).toString());
    }
    note(
      await failureOf(async () => {
        for await (const block of wrapper) {
          note(block.length);
        }
      }),
    );
    startResponse('200 OK', []);
    return ['body'];
  },
  'file-bad': async (environ, startResponse, { note }) => {
    const wrap = environ['tsgi.file_wrapper'];
    const path = join(await file(), 'small');
    for (const call of [
      () => wrap(),
      () => wrap({}),
      () => wrap(-1),
      () => wrap(path, { offset: -1 }),
      () => wrap(path, { length: 1.5 }),
      () => wrap(path, { blockSize: 0 }),
    ]) {
      note(await failureOf(call));
    }
    startResponse('200 OK', []);
    return ['body'];
  },
  'file-foreign': async (_environ, startResponse) => {
    startResponse('200 OK', []);
    const fd = openSync(join(await file(), 'small'), 'r');
    closeSync(fd);
    // It looks like a wrapper; the brand says that it is none.
    return {
      fd,
      offset: 0,
      length: 8,
      close() {},
      *[Symbol.iterator]() {
        yield 'a plain body';
      },
    };
  },
  'file-bodyless': async (environ, startResponse) => {
    startResponse('204 No Content', []);
    return environ['tsgi.file_wrapper'](join(await file(), 'small'));
  },
});
