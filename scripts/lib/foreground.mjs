/** A server in the foreground: it lives until a signal asks us to stop, or until it ends by itself. */
import { StepFailure } from './failure.mjs';

/** @typedef {{ ended: Promise<number | null>, stop: () => Promise<unknown> }} Server */

/**
 * @template {Server} S
 * @param {() => Promise<S>} start
 * @param {(server: S) => void} announce called when the server is ready
 */
export async function serveUntilSignal(start, announce) {
  const signal = firstSignal();
  const server = await start();
  announce(server);
  const reason = await Promise.race([signal, server.ended.then(() => 'ended')]);
  await server.stop();
  if (reason === 'ended') {
    throw new StepFailure(`the server ended by itself (exit code ${await server.ended})`, {
      cure: 'its error log above says why',
    });
  }
}

/** @returns {Promise<NodeJS.Signals>} */
function firstSignal() {
  return new Promise((resolve) => {
    for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(name, () => resolve(name));
    }
  });
}
