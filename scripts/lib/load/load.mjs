/** A load on a server from a process of its own. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StepFailure } from '../failure.mjs';

/**
 * @typedef {object} Load one at a time
 * @property {number} done requests so far
 * @property {(job: import('./clients.mjs').Job) => Promise<import('./clients.mjs').Report>} run
 * @property {() => void} stop the clients end with the requests that they are at
 * @property {() => void} end of the process
 */

/** @returns {Load} */
export function startLoad() {
  const child = fork(fileURLToPath(new URL('child.mjs', import.meta.url)), [], {
    serialization: 'advanced',
    detached: true, // Ctrl-C is for us to act on
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let done = 0;
  return {
    get done() {
      return done;
    },
    run: (job) =>
      new Promise((resolve, reject) => {
        done = 0;
        const over = () => reject(new StepFailure('the process of the load has ended by itself'));
        const listen = (/** @type {any} */ message) => {
          if (message.report === undefined) {
            done = message.done;
            return;
          }
          done = message.report.requests;
          child.off('message', listen).off('exit', over);
          resolve(message.report);
        };
        child.on('message', listen).on('exit', over).send({ run: job });
      }),
    stop: () => child.connected && child.send('stop'),
    end: () => child.connected && child.disconnect(),
  };
}
