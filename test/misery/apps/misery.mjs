/** What the scenes of misery ask for. */
import { stage } from '../../apps/stage.mjs';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @typedef {import('tsgi').StartResponse} StartResponse */

const text = /** @type {[string, string][]} */ ([['Content-Type', 'text/plain']]);

export const application = stage({
  array(_environ, startResponse) {
    startResponse('200 OK', text);
    return ['one ', 'two ', 'three'];
  },

  async *stream(_environ, startResponse) {
    startResponse('200 OK', text);
    for (const piece of ['one ', 'two ', 'three']) {
      yield piece;
      await new Promise(setImmediate);
    }
  },

  large(_environ, startResponse) {
    startResponse('200 OK', text);
    return Array.from({ length: 100 }, () => 'x'.repeat(1000));
  },

  file(environ, startResponse) {
    startResponse('200 OK', text);
    const path = fileURLToPath(import.meta.url);
    const wrap = environ['tsgi.file_wrapper'];
    return wrap === undefined ? createReadStream(path) : wrap(path);
  },

  hints(environ, startResponse) {
    environ['tsgi.early_hints']?.([['Link', '</style.css>; rel=preload; as=style']]);
    startResponse('200 OK', text);
    return ['hinted'];
  },

  logs(environ, startResponse) {
    environ['tsgi.errors'].write('a line\nand another\n');
    startResponse('200 OK', text);
    return ['logged'];
  },

  async *'logs-late'(environ, startResponse) {
    startResponse('200 OK', text);
    yield 'begun, ';
    environ['tsgi.errors'].write('a line\n');
    await new Promise(setImmediate);
    yield 'logged';
  },

  fails() {
    throw new Error('on purpose');
  },

  async *'fails-late'(_environ, startResponse) {
    startResponse('200 OK', text);
    yield 'one ';
    await new Promise(setImmediate);
    throw new Error('on purpose, and late');
  },

  echo(environ, startResponse) {
    startResponse('200 OK', text);
    return environ['tsgi.input'];
  },
});
