/** Scenes for what nginx does with an application besides a plain request. */
import { stage } from '../../apps/stage.mjs';

/** @typedef {import('tsgi').Environ} Environ */

/** @param {Environ} environ */
async function seen(environ) {
  const { length } = await environ['tsgi.input'].read();
  const { REQUEST_METHOD, SCRIPT_NAME, PATH_INFO, QUERY_STRING, REQUEST_URI, STATUS } = environ;
  const { CONTENT_LENGTH, CONTENT_TYPE } = environ;
  const target = { REQUEST_METHOD, SCRIPT_NAME, PATH_INFO, QUERY_STRING, REQUEST_URI, STATUS };
  return { ...target, CONTENT_LENGTH, CONTENT_TYPE, input: length };
}

let calls = 0;
let brokenCalls = 0;

export const application = stage({
  async seen(environ, startResponse, { note }) {
    const what = await seen(environ);
    note(what);
    startResponse('200 OK', [['Content-Type', 'application/json']]);
    return [JSON.stringify(what)];
  },

  /** Where an error page leads. */
  async oops(environ, startResponse) {
    const what = await seen(environ);
    startResponse('200 OK', [['Content-Type', 'application/json']]);
    return [JSON.stringify(what)];
  },

  /** For a teapot. */
  async 418(environ, startResponse) {
    const what = await seen(environ);
    startResponse("418 I'm a teapot", []);
    return [JSON.stringify(what)];
  },

  text(_environ, startResponse) {
    const body = 'The quick brown fox jumps over the lazy dog. '.repeat(100);
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return [body];
  },

  ranged(_environ, startResponse) {
    startResponse('200 OK', [['Accept-Ranges', 'bytes']]);
    return ['0123456789'];
  },

  page(_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/html']]);
    return ['<p>TITLE and TI', 'TLE</p>'];
  },

  async *events(_environ, startResponse, { gate }) {
    startResponse('200 OK', [['Content-Type', 'text/event-stream']]);
    yield 'data: one\n\n';
    await gate('second');
    yield 'data: two\n\n';
  },

  /** Includes, in two chunks, with the seam inside of the command. */
  async *includes(environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/html']]);
    const target = decodeURIComponent(environ.QUERY_STRING);
    yield '<a><!--#include vir';
    await null;
    yield `tual="${target}" --><b>`;
  },

  async part(environ, startResponse) {
    await new Promise((resolve) => setImmediate(resolve));
    startResponse('200 OK', [['Content-Type', 'text/html']]);
    const { REQUEST_METHOD, QUERY_STRING, CONTENT_LENGTH = 'none' } = environ;
    const { length } = await environ['tsgi.input'].read();
    return (function* () {
      yield `[${REQUEST_METHOD} ${QUERY_STRING} `;
      yield `${CONTENT_LENGTH} ${length}]`;
    })();
  },

  /** Judges by a header of the client. */
  async auth(environ, startResponse, { note }) {
    note({ auth: await seen(environ) });
    const verdict = environ['HTTP_X_VERDICT'] ?? '204';
    const headers = /** @type {import('tsgi').Headers} */ ([['X-User', 'ada']]);
    if (verdict === '401') {
      headers.push(['WWW-Authenticate', 'Bearer realm="app"']);
    }
    startResponse(`${verdict} Verdict`, headers);
    return verdict === '204' ? [] : [`verdict ${verdict}`];
  },

  /** The status that the query names, with a body of the application's own. */
  status(environ, startResponse) {
    startResponse(`${environ.QUERY_STRING} Status`, [
      ['X-Own', 'own'],
      ['WWW-Authenticate', 'Basic realm="own"'],
    ]);
    return ['its own body'];
  },

  fails() {
    throw new Error('the secret reason');
  },

  cacheable(_environ, startResponse) {
    startResponse('200 OK', [['Cache-Control', 'max-age=60']]);
    return [`call ${++calls}`];
  },

  /** A response that breaks off must not be cached as if it were whole. */
  async *'cacheable-broken'(_environ, startResponse) {
    const call = ++brokenCalls;
    startResponse('200 OK', [['Cache-Control', 'max-age=60']]);
    yield `call ${call}`;
    if (call === 1) {
      throw new Error('the secret reason');
    }
  },
});
