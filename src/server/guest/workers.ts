import { syncBuiltinESMExports } from 'node:module';
import { SHARE_ENV, Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Gives the threads that an application starts the application's environment. Node would give them that of the process,
 * which is the web server's; `SHARE_ENV`, which would let them write it, counts as a copy.
 */
export function installWorkers(): void {
  // What `require` gives is the object that everybody shares.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const shared = require('node:worker_threads') as { Worker: typeof Worker };

  shared.Worker = named(
    class extends Worker {
      constructor(filename: string | URL, options: WorkerOptions = {}) {
        const inherited = options.env === undefined || options.env === SHARE_ENV;
        super(filename, inherited ? { ...options, env: { ...process.env } } : options);
      }
    },
  );
  syncBuiltinESMExports();
}

function named(type: typeof Worker): typeof Worker {
  return Object.defineProperty(type, 'name', { value: 'Worker' });
}
