/** Scenes that read a request body, or do not. */
import { createHash } from 'node:crypto';
import { stage, told } from '../../apps/stage.mjs';

/** @typedef {import('tsgi').StartResponse} StartResponse */

/** @param {StartResponse} startResponse @param {unknown} value */
function answer(startResponse, value) {
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  return [JSON.stringify(value)];
}

export const application = stage({
  /** What was read, and in which way it ended. */
  async digest(environ, startResponse) {
    const hash = createHash('sha256');
    let size = 0;
    let pieces = 0;
    try {
      for await (const piece of environ['tsgi.input']) {
        hash.update(piece);
        size += piece.length;
        pieces++;
      }
    } catch (error) {
      const { status = 500 } = /** @type {{ status?: number }} */ (error);
      startResponse(`${status} ${told(error).code}`, []);
      return [`${size}`];
    }
    const { CONTENT_LENGTH: length } = environ;
    return answer(startResponse, { size, sha256: hash.digest('hex'), length, one: pieces === 1 });
  },

  /** Sends back what comes, as it comes. */
  echo(environ, startResponse) {
    startResponse('200 OK', []);
    return environ['tsgi.input'];
  },

  unread(_environ, startResponse) {
    return answer(startResponse, 'not read');
  },

  /** What a body asks for that looks like a request; nobody else does. */
  hidden(_environ, startResponse, { note }) {
    note('hidden');
    return answer(startResponse, 'hidden');
  },

  /** Answers without reading, and not at once. */
  async 'unread-later'(_environ, startResponse, { note, gate }) {
    note('called');
    await gate('answer');
    return answer(startResponse, 'not read');
  },

  /** Answers more than a socket holds, without reading. */
  'unread-large'(_environ, startResponse) {
    startResponse('403 Not Wanted', []);
    return [Buffer.alloc(3_000_000, 'x')];
  },

  /** Reads only when the test says so. */
  async 'read-later'(environ, startResponse, { note, gate }) {
    note('called');
    await gate('read');
    const { length } = await environ['tsgi.input'].read();
    return answer(startResponse, length);
  },

  /** Begins its response, then reads. */
  async *'respond-first'(environ, startResponse, { gate }) {
    startResponse('200 OK', []);
    yield 'begun\n';
    await gate('read');
    const { length } = await environ['tsgi.input'].read();
    yield `${length}\n`;
  },

  async first(environ, startResponse, { gate }) {
    const piece = await environ['tsgi.input'].read(10);
    await gate('rest');
    return answer(startResponse, Buffer.from(piece).toString());
  },

  /** Waits for a body that never comes whole, and notes what becomes of the exchange. */
  async 'until-gone'(environ, startResponse, { note }) {
    const input = environ['tsgi.input'];
    environ['tsgi.signal']?.addEventListener('abort', () => note('signal'));
    environ['tsgi.on_finish']?.((reason) => note(`finish ${reason}`));
    note(`first ${(await input.read(5)).length}`);
    try {
      for (;;) {
        const piece = await input.read(100_000);
        if (piece.length === 0) {
          note('end');
          break;
        }
      }
    } catch (error) {
      note(told(error).code);
    }
    return answer(startResponse, 'whole');
  },

  /** Lets the failure of its read fail the exchange. */
  async careless(environ, startResponse) {
    const { length } = await environ['tsgi.input'].read();
    return answer(startResponse, length);
  },
});
