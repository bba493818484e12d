/** Ctrl-C and its like: what is under way is given up, what was started is stopped, and then we end. */
import { constants } from 'node:os';
import { say } from './progress.mjs';

/**
 * @param {(signal: AbortSignal) => Promise<number | void>} work
 * @returns {Promise<number | void>} the exit code
 */
export async function interruptible(work) {
  const controller = new AbortController();
  let code = 0;
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(name, () => {
      code = 128 + constants.signals[name];
      controller.abort();
    });
  }
  // The reader of our output has gone, as `head` does.
  process.stdout.on('error', () => {
    code = 128 + constants.signals.SIGPIPE;
    controller.abort();
  });
  try {
    return await work(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) {
      say('interrupted; every server is stopped');
      return code;
    }
    throw error;
  }
}
