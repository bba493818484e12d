/**
 * Counts its calls, and blocks its thread as long as the test wants: `/held?SIGN` makes the file SIGN and comes back when
 * there is a file SIGN.open. With GATE in its environment init() waits for that file, without blocking.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE = 60_000;
const clock = new Int32Array(new SharedArrayBuffer(4));
const gate = process.env['GATE'];
let calls = 0;

export async function init() {
  while (gate !== undefined && !existsSync(gate)) {
    await delay(5);
  }
}

/** @param {string} sign */
function hold(sign) {
  const end = Date.now() + PATIENCE;
  writeFileSync(sign, '');
  while (!existsSync(`${sign}.open`) && Date.now() < end) {
    Atomics.wait(clock, 0, 0, 5);
  }
}

/** @type {import('../../../src/spec/index.js').Application} */
export const application = (environ, startResponse) => {
  calls++;
  if (environ.PATH_INFO === '/held') {
    hold(environ.QUERY_STRING);
  }
  startResponse('200 OK', []);
  return [environ.PATH_INFO === '/sorry' ? 'sorry' : String(calls)];
};
