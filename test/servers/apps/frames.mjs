/** Tells what the server took for the body of a request, and whether it took anything for a request that was none. */
import { stage, told } from '../../apps/stage.mjs';

/** @param {import('tsgi').StartResponse} startResponse @param {unknown} value */
function answer(startResponse, value) {
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  return [JSON.stringify(value)];
}

export const application = stage({
  async frame(environ, startResponse, { note }) {
    note('called');
    const { REQUEST_METHOD: method, CONTENT_LENGTH: length, HTTP_TRANSFER_ENCODING: coding } = environ;
    let body = '';
    try {
      for await (const piece of environ['tsgi.input']) {
        body += Buffer.from(piece).toString('latin1');
      }
    } catch (error) {
      const { status = 500 } = /** @type {{ status?: number }} */ (error);
      startResponse(`${status} ${told(error).code}`, []);
      return [];
    }
    return answer(startResponse, { method, body, length, coding });
  },

  /** Answers without a look at the body. */
  unread(_environ, startResponse) {
    return answer(startResponse, 'unread');
  },

  /** Fails without a look at the body. */
  fails() {
    throw new Error('on purpose');
  },

  /** Begins its response, then fails without a look at the body. */
  async *breaks(_environ, startResponse) {
    startResponse('200 OK', []);
    yield 'begun';
    throw new Error('on purpose');
  },

  /** What the bytes of a body ask for that look like a request. */
  hidden(_environ, startResponse, { note }) {
    note('hidden');
    return answer(startResponse, 'hidden');
  },

  next(_environ, startResponse) {
    return answer(startResponse, 'next');
  },
});
