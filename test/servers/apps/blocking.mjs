/**
 * Blocks its thread in the ways there are, for as long as a file is there or a fifo is not written to: `?path`. `PATH.begun`
 * is written first.
 */
import { execSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { stage } from '../../apps/stage.mjs';

const id = String(Math.random());

/** @param {string} path */
function begin(path) {
  writeFileSync(`${path}.begun`, readFileSync('/proc/thread-self/comm'));
}

/** @param {string} path */
function readFifo(path) {
  begin(path);
  readFileSync(path);
}

export const application = stage({
  id(_environ, startResponse) {
    startResponse('200 OK', []);
    return [`${id} in ${process.pid}`];
  },

  /** Of its thread. */
  name(_environ, startResponse) {
    startResponse('200 OK', []);
    return [readFileSync('/proc/thread-self/comm', 'latin1').trim()];
  },

  child(environ, startResponse) {
    begin(environ.QUERY_STRING);
    execSync(`while [ -e '${environ.QUERY_STRING}' ]; do sleep 0.05; done`);
    console.log('the application goes on');
    startResponse('200 OK', []);
    return ['late'];
  },

  read(environ, startResponse) {
    readFifo(environ.QUERY_STRING);
    startResponse('200 OK', []);
    return ['late'];
  },

  /** Not in the turn in which the request was begun. */
  timer(environ) {
    setTimeout(readFifo, 20, environ.QUERY_STRING);
    return new Promise(() => {});
  },

  /** When a part of the response has been sent. */
  stream(environ, startResponse) {
    startResponse('200 OK', []);
    setTimeout(readFifo, 50, environ.QUERY_STRING);
    return (async function* () {
      yield 'first';
      await new Promise(() => {});
    })();
  },

  /** V8 wakes who waits there when it is to be interrupted. */
  wait(environ) {
    begin(environ.QUERY_STRING);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
