/** Knows when it begins and ends, and says so in the log and in the file that TRACE names. */
import { appendFileSync } from 'node:fs';
import { stage } from '../../apps/stage.mjs';

/** @param {string} what */
function trace(what) {
  console.log(`${what} in ${process.pid}`);
  if (process.env['TRACE'] !== undefined) {
    appendFileSync(process.env['TRACE'], `${what} in ${process.pid}\n`);
  }
}

export function init() {
  trace('init');
}

export async function close() {
  await new Promise((resolve) => setTimeout(resolve, 50));
  trace('close');
}

export const application = stage({
  pid(environ, startResponse) {
    startResponse('200 OK', []);
    return [JSON.stringify([process.pid, environ['tsgi.multiprocess']])];
  },

  print(environ, startResponse) {
    console.log(`printed ${environ.QUERY_STRING}`);
    startResponse('200 OK', []);
    return ['printed'];
  },

  /** One chunk at once, one when the test says so. */
  async *held(_environ, startResponse, { gate }) {
    startResponse('200 OK', []);
    yield 'first ';
    await gate('rest');
    yield 'rest';
  },

  /** Two chunks with a pause that only time ends: no request can reach a worker that shuts down. */
  async *slow(_environ, startResponse) {
    startResponse('200 OK', []);
    yield 'first ';
    await new Promise((resolve) => setTimeout(resolve, 700));
    yield 'rest';
  },

  /** Says that it begins, and how it ends. */
  async farewell(environ, startResponse) {
    console.log('farewell begins');
    environ['tsgi.on_finish']?.((reason) => console.log(`farewell ends: ${reason}`));
    await new Promise((resolve) => environ['tsgi.signal']?.addEventListener('abort', resolve));
    startResponse('200 OK', []);
    return [];
  },
});
