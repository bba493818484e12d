/**
 * Comes to a point of its response, says so with a file, and waits there for another one: what happens then is how it ends.
 * The query tells the point (`where`), how it fails, whether it declares its length, and which files.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';

export const FIRST = 'the first half, ';
export const WHOLE = `${FIRST}and the second half`;
export const SECRET = 'the secret reason';

/** @type {unknown[]} */
const kept = [];

/** @type {Record<string, () => unknown>} */
const deeds = {
  '/loop'() {
    for (;;) {
      kept.length = 0;
    }
  },
  async '/heap'() {
    for (;;) {
      kept.push(new Array(65536).fill(kept.length));
      if (kept.length % 16 === 0) {
        await turn();
      }
    }
  },
  '/exit': () => process.exit(1),
};

/** @typedef {{ where: string, how: string, sign: string, go: string, length: boolean }} Point */

/** @param {Point} point */
async function held({ how, sign, go }) {
  writeFileSync(sign, '');
  while (!existsSync(go)) {
    await pause(5);
  }
  if (how === 'rejects') {
    throw new Error(SECRET);
  }
}

/** @param {Point} point */
async function* heldBody(point) {
  if (point.where === 'started' || point.where === 'flushed') {
    await held(point);
  }
  yield FIRST;
  if (point.where === 'between') {
    await held(point);
  }
  yield WHOLE.slice(FIRST.length);
  if (point.where === 'sent') {
    await held(point);
  }
}

/** @param {Point} point */
function* failingBody({ where }) {
  if (where === 'between' || where === 'sent') {
    yield FIRST;
  }
  if (where === 'sent') {
    yield WHOLE.slice(FIRST.length);
  }
  throw new Error(SECRET);
}

/** @param {Point} point */
function destroyedBody(point) {
  const body = new Readable({ read() {} });
  if (point.where === 'between' || point.where === 'sent') {
    body.push(FIRST);
  }
  if (point.where === 'sent') {
    body.push(WHOLE.slice(FIRST.length));
  }
  void held(point).then(() => body.destroy(new Error(SECRET)));
  return body;
}

/** @param {any} environ @param {any} startResponse @param {Point} point */
async function cell(environ, startResponse, point) {
  if (point.where === 'informed') {
    environ['tsgi.early_hints']?.([['Link', '</a>; rel=preload']]);
  }
  if (point.where === 'reading') {
    await environ['tsgi.input'].read(1);
  }
  if (point.where === 'called' || point.where === 'informed' || point.where === 'reading') {
    if (point.how === 'throws') {
      throw new Error(SECRET);
    }
    await held(point);
  }
  if (point.where === 'reading') {
    while ((await environ['tsgi.input'].read()).length > 0);
  }
  startResponse('200 OK', point.length ? [['Content-Length', String(WHOLE.length)]] : []);
  if (point.where === 'flushed') {
    environ['tsgi.flush_headers']();
  }
  if (point.how === 'destroys') {
    return destroyedBody(point);
  }
  return point.how === 'throws' ? failingBody(point) : heldBody(point);
}

/** @type {import('tsgi').Application} */
export function application(environ, startResponse) {
  const deed = deeds[environ.PATH_INFO];
  if (deed !== undefined) {
    return /** @type {any} */ (deed());
  }
  const query = new URLSearchParams(environ.QUERY_STRING);
  const of = (/** @type {string} */ name) => query.get(name) ?? '';
  if (query.has('file')) {
    startResponse('200 OK', []);
    return /** @type {any} */ (environ)['tsgi.file_wrapper'](of('file'));
  }
  if (!query.has('where')) {
    startResponse('200 OK', []);
    return ['ready'];
  }
  const point = { where: of('where'), how: of('how'), sign: of('sign'), go: of('go'), length: query.has('length') };
  if (point.where === 'called' && point.how === 'throws') {
    throw new Error(SECRET);
  }
  return cell(environ, startResponse, point);
}
