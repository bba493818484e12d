/** A load on one server or more from a process of its own. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StepFailure } from '../failure.mjs';

/**
 * @typedef {object} Load one at a time
 * @property {number} done requests so far
 * @property {(job: import('./clients.mjs').Job) => Promise<import('./clients.mjs').Report>} run
 * @property {(jobs: readonly import('./clients.mjs').Job[]) => Promise<import('./clients.mjs').Report[]>} runTogether
 *   all at the same time; a report of each, in their order
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
  /** @type {Load['runTogether']} */
  const runTogether = (jobs) =>
    new Promise((resolve, reject) => {
      done = 0;
      const over = () => reject(new StepFailure('the process of the load has ended by itself'));
      const listen = (/** @type {{ done: number, reports?: import('./clients.mjs').Report[] }} */ message) => {
        done = message.done;
        if (message.reports !== undefined) {
          child.off('message', listen).off('exit', over);
          resolve(message.reports);
        }
      };
      child.on('message', listen).on('exit', over).send({ run: jobs });
    });
  return {
    get done() {
      return done;
    },
    runTogether,
    run: async (job) => /** @type {import('./clients.mjs').Report} */ ((await runTogether([job]))[0]),
    stop: () => child.connected && child.send('stop'),
    end: () => child.connected && child.disconnect(),
  };
}
