/**
 * Keeps a mark on everything that one isolate shares, and tells what it finds there.
 * @typedef {import('tsgi').Application} Application
 */
import { EventEmitter } from 'node:events';

const shared = /** @type {{ isolate?: number, mark?: string }} */ (globalThis);
const prototype = /** @type {{ marked?: string }} */ (Object.prototype);
const isolate = (shared.isolate ??= Math.random());
let count = 0;

/** @param {string} mark */
function leave(mark) {
  shared.mark = mark;
  process.env['MARK'] = mark;
  process.env['PATH'] = '/marked';
  prototype.marked = mark;
  EventEmitter.defaultMaxListeners = 77;
  process.title = 'marked';
}

/** @type {Application} */
export const application = (environ, startResponse) => {
  const { PATH_INFO: path, QUERY_STRING: mark } = environ;
  if (path === '/mark') {
    leave(mark);
  }
  startResponse('200 OK', []);
  if (path === '/hold') {
    return (async function* () {
      yield String(isolate);
      await new Promise((resolve) => environ['tsgi.signal']?.addEventListener('abort', resolve));
    })();
  }
  const found = {
    isolate,
    count: ++count,
    mark: shared.mark,
    marked: prototype.marked,
    listeners: EventEmitter.defaultMaxListeners,
    multithread: environ['tsgi.multithread'],
    multiprocess: environ['tsgi.multiprocess'],
    env: { ...process.env },
    cwd: process.cwd(),
    pid: process.pid,
  };
  delete prototype.marked;
  return [JSON.stringify(found)];
};

export const other = application;
