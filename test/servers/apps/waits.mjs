/** Scenes in which the server waits for the application, and their end when the client does not. */
import { stage } from '../../apps/stage.mjs';

/** @typedef {import('tsgi').Environ} Environ */

/**
 * Notes how the exchange ends; the promise is kept when its client leaves.
 * @param {Environ} environ
 * @param {(event: unknown) => void} note
 */
function watch(environ, note) {
  environ['tsgi.on_finish']?.((reason) => note(reason));
  note('called');
  return new Promise((resolve) => environ['tsgi.signal']?.addEventListener('abort', resolve));
}

export const application = stage({
  async before(environ, startResponse, { note }) {
    await watch(environ, note);
    startResponse('200 OK', []);
    return [];
  },

  async *within(environ, startResponse, { note }) {
    const left = watch(environ, note);
    startResponse('200 OK', []);
    yield 'first';
    await left;
  },

  /** A response that is whole; but before the isolate's turn is over it computes for so many milliseconds. */
  whole({ QUERY_STRING: milliseconds }, startResponse) {
    process.nextTick(() => {
      for (const end = Date.now() + Number(milliseconds); Date.now() < end;) {
        // it computes
      }
    });
    startResponse('200 OK', []);
    return ['whole'];
  },

  /** More than a client takes that does not read. */
  async *flood(environ, startResponse, { note }) {
    watch(environ, note);
    startResponse('200 OK', []);
    for (;;) {
      yield Buffer.alloc(65_536, 'x');
    }
  },

  /** A page in which httpd includes another one of ours, which takes its time. */
  async *outer(environ, startResponse, { note }) {
    const { QUERY_STRING: included } = environ;
    note('outer');
    startResponse('200 OK', [['Content-Type', 'text/html']]);
    yield `outer <!--#include virtual="${included}" -->`;
    note('outer goes on');
    yield ' outer\n';
  },

  async *inner(_environ, startResponse, { note, gate }) {
    startResponse('200 OK', [['Content-Type', 'text/html']]);
    note('inner');
    yield 'inner';
    await gate('inner');
    yield ' end';
  },
});
