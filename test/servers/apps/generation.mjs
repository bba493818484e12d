/** Says which isolate answers; writes to the folder OPEN what becomes of it. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const open = process.env['OPEN'] ?? '';
const mount = process.env['MOUNT'] ?? '';
const id = `${process.pid}.${Math.random()}`;
let count = 0;

/** @param {string} what */
function trace(what) {
  appendFileSync(join(open, `${mount}.trace`), `${what} ${id}\n`);
}

/** @param {string} name */
const wish = (name) => existsSync(join(open, name)) && readFileSync(join(open, name), 'utf8');

export async function init() {
  trace('init');
  if (wish(`${mount}.init`) === 'reject') {
    throw new Error('init was told to reject');
  }
}

export async function close() {
  await delay(20);
  trace('close');
}

process.on('SIGTERM', () => trace('SIGTERM'));

/** @type {import('../../../src').Application} */
export const application = (environ, startResponse) => {
  if (environ.PATH_INFO === '/warm-up') {
    trace(`warm-up ${environ.SCRIPT_NAME} ${environ.QUERY_STRING}`);
    startResponse(wish(`${mount}.warm-up`) || '200 OK', []);
    return [];
  }
  count++;
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  return environ.PATH_INFO === '/hold' ? hold(environ.QUERY_STRING) : [JSON.stringify({ id, count, pid: process.pid })];
};

/**
 * The name twice, the second time when the file is there.
 * @param {string} file
 */
async function* hold(file) {
  yield `${id} `;
  while (!existsSync(join(open, file))) {
    await delay(10);
  }
  yield id;
}
