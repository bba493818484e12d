/** Scenes that answer in every way there is. */
import { stage } from '../../apps/stage.mjs';

/** @param {string} query */
const parametersOf = (query) => new URLSearchParams(query);

/** Bytes that can be checked from any offset: those of a counter, four at a time. @param {number} from @param {number} size */
export function pattern(from, size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) {
    bytes.writeUInt32LE(((from + at) / 4) >>> 0, at);
  }
  return bytes;
}

/** Bytes of the response under way in the scene `repeated`. */
let produced = 0;

export const application = stage({
  array(_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return ['one ', 'two ', 'three'];
  },

  /** Each chunk waits for the test. */
  async *chunks(_environ, startResponse, { gate }) {
    startResponse('200 OK', [['Content-Type', 'text/event-stream']]);
    for (const n of [1, 2, 3]) {
      yield `data: ${n}\n\n`;
      await gate(`after${n}`);
    }
  },

  async written(_environ, startResponse, { gate }) {
    const write = startResponse('200 OK', []);
    await write('written ');
    await gate('body');
    return ['and returned'];
  },

  async 'head-first'(environ, startResponse, { gate }) {
    startResponse('200 OK', [['X-Head', 'early']]);
    environ['tsgi.flush_headers']?.();
    await gate('body');
    return ['body'];
  },

  /** As many bytes as are asked for, generated as they are taken. */
  async *generated(environ, startResponse, { note }) {
    const query = parametersOf(environ.QUERY_STRING);
    const size = Number(query.get('size'));
    startResponse('200 OK', query.has('length') ? [['Content-Length', String(size)]] : []);
    try {
      for (let at = 0; at < size; at += 65536) {
        yield pattern(at, Math.min(65536, size - at));
      }
    } finally {
      note('closed');
    }
  },

  /** The same 64 KiB again and again: what they cost is the server's. */
  *repeated(environ, startResponse) {
    const size = Number(parametersOf(environ.QUERY_STRING).get('size'));
    const block = pattern(0, 65536);
    startResponse('200 OK', []);
    for (produced = 0; produced < size; produced += block.length) {
      yield block.subarray(0, size - produced);
    }
  },

  /** More messages than are delivered in one turn of nginx, at once. */
  *crumbs(_environ, startResponse) {
    startResponse('200 OK', []);
    for (let index = 0; index < 5000; index++) {
      yield `${index},`;
    }
  },

  produced(_environ, startResponse) {
    startResponse('200 OK', []);
    return [String(produced)];
  },

  /** Writes 80 MB without waiting. */
  flood(_environ, startResponse) {
    const write = startResponse('200 OK', []);
    const block = Buffer.alloc(1_000_000, 'x');
    for (let n = 0; n < 80; n++) {
      void write(block);
    }
    return [];
  },

  hinted(environ, startResponse) {
    environ['tsgi.early_hints']?.([
      ['Link', '</a>; rel=preload'],
      ['Link', '</b>; rel=preload'],
    ]);
    startResponse('200 OK', [['X-Final', 'yes']]);
    return ['hinted'];
  },

  empty(_environ, startResponse) {
    startResponse('200 OK', []);
    return null;
  },

  status(environ, startResponse) {
    const query = parametersOf(environ.QUERY_STRING);
    startResponse(query.get('line') ?? '', [['Content-Length', query.get('length') ?? '4']]);
    return ['body'];
  },

  fields(_environ, startResponse) {
    startResponse('200 OK', [
      ['Set-Cookie', 'b=2; Path=/'],
      ['X-Other', 'between'],
      ['Set-Cookie', 'a=1'],
      ['set-cookie', 'c=3'],
      ['X-Empty', ''],
      ['X-Bytes', 'caf\u00c3\u00a9'],
      ['Cache-Control', 'no-store'],
      ['Cache-Control', 'private'],
      ['Link', '</a>; rel=preload'],
      ['Link', '</b>; rel=preload'],
      ['Vary', 'Cookie'],
      ['Vary', 'Accept'],
      ['WWW-Authenticate', 'Basic realm="x"'],
      ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
      ['Server', 'something else'],
      ['ETag', '"tag"'],
      ['Last-Modified', 'Fri, 02 Jan 1970 00:00:00 GMT'],
    ]);
    return ['fields'];
  },

  accel(_environ, startResponse) {
    startResponse('200 OK', [
      ['X-Accel-Redirect', '/elsewhere'],
      ['X-Accel-Buffering', 'yes'],
      ['X-Accel-Expires', '10'],
      ['X-Accel-Limit-Rate', '1'],
      ['X-Accel-Charset', 'koi8-r'],
    ]);
    return ['its own body'];
  },

  location(environ, startResponse) {
    startResponse('302 Found', [['Location', parametersOf(environ.QUERY_STRING).get('to') ?? '']]);
    return [];
  },

  /** Fails with half of the response out. */
  async *broken(environ, startResponse, { gate }) {
    const query = parametersOf(environ.QUERY_STRING);
    startResponse('200 OK', query.has('length') ? [['Content-Length', '100']] : []);
    yield 'the first half';
    await gate('fail');
    throw new Error('the secret reason');
  },

  short(_environ, startResponse) {
    startResponse('200 OK', [['Content-Length', '100']]);
    return (async function* () {
      yield 'too short';
    })();
  },

  excess(_environ, startResponse) {
    startResponse('200 OK', [['Content-Length', '5']]);
    return ['12345', '67890'];
  },

  fails() {
    throw new Error('the secret reason');
  },

  /** Notes how the exchange ended. */
  async *endless(environ, startResponse, { note }) {
    environ['tsgi.on_finish']?.((reason) => note(`finish ${reason}`));
    startResponse('200 OK', []);
    try {
      for (;;) {
        yield Buffer.alloc(16384, '.');
      }
    } finally {
      note('returned');
    }
  },

  /** Waits for nothing but the departure of the client. */
  async silent(environ, startResponse, { note }) {
    environ['tsgi.on_finish']?.((reason) => note(`finish ${reason}`));
    note('called');
    await new Promise((resolve) => environ['tsgi.signal']?.addEventListener('abort', resolve));
    note('signal');
    startResponse('200 OK', []);
    return ['to nobody'];
  },

  file(environ, startResponse) {
    const query = parametersOf(environ.QUERY_STRING);
    const number = (/** @type {string} */ name) => (query.has(name) ? { [name]: Number(query.get(name)) } : {});
    startResponse('200 OK', [['Content-Type', 'application/octet-stream']]);
    return environ['tsgi.file_wrapper']?.(query.get('path') ?? '', { ...number('offset'), ...number('length') });
  },

  /** A file with something before it. */
  async 'file-after'(environ, startResponse) {
    const write = startResponse('200 OK', []);
    await write('before ');
    return environ['tsgi.file_wrapper']?.(parametersOf(environ.QUERY_STRING).get('path') ?? '');
  },
});
