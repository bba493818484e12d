/** The process of a load: clients that must not wait for whoever watches the server meanwhile. */
import { Clients } from './clients.mjs';

const PROGRESS_MS = 250;

/** @type {Clients | undefined} */
let clients;

const tell = (/** @type {unknown} */ message) => process.connected && process.send?.(message);

process.on('disconnect', () => process.exit()); // whoever started us is gone

process.on('message', (/** @type {{ run: import('./clients.mjs').Job } | 'stop'} */ message) => {
  if (message === 'stop') {
    if (clients !== undefined) {
      clients.stopped = true;
    }
    return;
  }
  const running = new Clients(message.run);
  clients = running;
  const timer = setInterval(() => tell({ done: running.done }), PROGRESS_MS);
  void running.run().then((report) => {
    clearInterval(timer);
    tell({ report });
  });
});
