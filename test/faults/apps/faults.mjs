/** What the faults happen to. */
import { existsSync, openSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stage, told } from '../../apps/stage.mjs';

const here = fileURLToPath(import.meta.url);

/** Open before descriptors are short; whoever wraps one has it closed. */
const open = [1, 2, 3].map(() => openSync(here, 'r'));

/** @typedef {import('tsgi').StartResponse} StartResponse */

/** @param {StartResponse} startResponse @param {string} text */
function answer(startResponse, text) {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [text];
}

export const application = stage({
  pid(_environ, startResponse) {
    return answer(startResponse, String(process.pid));
  },

  /** One chunk at once, and one when the test says so. */
  async *held(_environ, startResponse, { gate }) {
    startResponse('200 OK', []);
    yield String(process.pid);
    await gate('rest');
    yield ' rest';
  },

  /** The same with a length. */
  async *'held-length'(_environ, startResponse, { gate }) {
    startResponse('200 OK', [['Content-Length', '10']]);
    yield 'first';
    await gate('rest');
    yield ' rest';
  },

  /** A file by the path that the query is. */
  path({ QUERY_STRING: path, 'tsgi.file_wrapper': wrap }, startResponse) {
    startResponse('200 OK', []);
    return /** @type {NonNullable<typeof wrap>} */ (wrap)(decodeURIComponent(path));
  },

  /** A file by a descriptor that is open already. */
  fd({ 'tsgi.file_wrapper': wrap }, startResponse) {
    startResponse('200 OK', []);
    return /** @type {NonNullable<typeof wrap>} */ (wrap)(open.pop() ?? -1);
  },

  /** Reads a file by the thread pool. */
  async read(_environ, startResponse) {
    const { readFile } = await import('node:fs/promises');
    return answer(startResponse, String((await readFile(here)).length));
  },

  async size(environ, startResponse, { note }) {
    let size = 0;
    note('called');
    environ['tsgi.on_finish']?.((reason) => note(reason));
    try {
      for await (const piece of environ['tsgi.input']) {
        size += piece.length;
      }
    } catch (error) {
      note(told(error).code);
    }
    return answer(startResponse, String(size));
  },

  /** Answers after so many milliseconds. */
  async late({ QUERY_STRING: milliseconds }, startResponse) {
    await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)));
    return answer(startResponse, 'late');
  },

  never(environ, _startResponse, { note }) {
    environ['tsgi.on_finish']?.((reason) => note(reason));
    note('called');
    return new Promise(() => undefined);
  },

  /** Keeps its thread until there is the file that the query is. */
  busy({ QUERY_STRING: path }, startResponse) {
    const sign = decodeURIComponent(path);
    writeFileSync(`${sign}.busy`, '');
    while (!existsSync(sign));
    return answer(startResponse, 'done');
  },
});
