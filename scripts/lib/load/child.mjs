/** The process of a load: clients that must not wait for whoever watches the server meanwhile. */
import { Clients } from './clients.mjs';

const PROGRESS_MS = 250;

/** @type {Clients[]} */
let running = [];

const tell = (/** @type {unknown} */ message) => process.connected && process.send?.(message);

process.on('disconnect', () => process.exit()); // whoever started us is gone

process.on('message', (/** @type {{ run: import('./clients.mjs').Job[] } | 'stop'} */ message) => {
  if (message === 'stop') {
    for (const clients of running) {
      clients.stopped = true;
    }
    return;
  }
  running = message.run.map((job) => new Clients(job));
  const done = () => running.reduce((sum, clients) => sum + clients.done, 0);
  const timer = setInterval(() => tell({ done: done() }), PROGRESS_MS);
  void Promise.all(running.map((clients) => clients.run())).then((reports) => {
    clearInterval(timer);
    tell({ done: done(), reports });
  });
});
