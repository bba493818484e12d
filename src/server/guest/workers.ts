import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { SHARE_ENV, Worker, type WorkerOptions } from 'node:worker_threads';

/** Loaded in the thread before its own code. */
const PRELOAD = ['--require', join(__dirname, 'worker-thread.js')];

/**
 * Makes the threads that an application starts guests as well, with the application's environment. Node would give them
 * that of the process, which is the web server's; `SHARE_ENV`, which would let them write it, counts as a copy.
 */
export function installWorkers(): void {
  // What `require` gives is the object that everybody shares.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const shared = require('node:worker_threads') as { Worker: typeof Worker };

  shared.Worker = named(
    class extends Worker {
      constructor(filename: string | URL, options: WorkerOptions = {}) {
        const inherited = options.env === undefined || options.env === SHARE_ENV;
        super(filename, {
          ...options,
          execArgv: [...PRELOAD, ...(options.execArgv ?? [])],
          env: inherited ? { ...process.env } : options.env,
        });
      }
    },
  );
  syncBuiltinESMExports();
}

function named(type: typeof Worker): typeof Worker {
  return Object.defineProperty(type, 'name', { value: 'Worker' });
}
