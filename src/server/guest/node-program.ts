import { accessSync, constants, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { delimiter, isAbsolute, join } from 'node:path';
import type * as childProcess from 'node:child_process';
import type * as clusterModule from 'node:cluster';
import { RefusedError } from './refusals';

const SERVER_PROGRAM = process.execPath;

/**
 * The program `node` for child processes: `TSGI_NODE` of the application's environment, else the first on its PATH.
 * Undefined: there is none.
 */
function findNode(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['TSGI_NODE'];
  const candidates = named !== undefined ? [named] : (env['PATH'] ?? '').split(delimiter).map((at) => join(at, 'node'));
  return candidates.find((path) => isAbsolute(path) && isProgram(path));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Makes `process.execPath` what it is for: a program that runs JavaScript. Where there is no node it tells the truth,
 * which is the web server, and `child_process.fork` says what is missing. `cluster` is refused: its work is the server's.
 */
export function installNodeProgram(): void {
  let chosen: string | undefined;
  Object.defineProperty(process, 'execPath', {
    get: () => chosen ?? findNode(process.env) ?? SERVER_PROGRAM,
    set: (path: string) => (chosen = path),
    configurable: true,
    enumerable: true,
  });
  installFork();
  installCluster();
}

function installFork(): void {
  // What `require` gives is the object that everybody shares.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const shared = require('node:child_process') as { fork: (...args: unknown[]) => childProcess.ChildProcess };
  const fork = shared.fork;
  shared.fork = Object.defineProperty(
    (...args: unknown[]) => {
      const options = args.find((argument) => isOptions(argument));
      if (options?.execPath === undefined && process.execPath === SERVER_PROGRAM) {
        throw new RefusedError(
          'child_process.fork() needs a program `node`, and there is none on PATH: process.env.TSGI_NODE may name one',
        );
      }
      return fork(...args);
    },
    'name',
    { value: 'fork' },
  );
  syncBuiltinESMExports();
}

function isOptions(argument: unknown): argument is childProcess.ForkOptions {
  return typeof argument === 'object' && argument !== null && !Array.isArray(argument);
}

/** What an application that distributes its requests itself would start are servers beside the server. */
function installCluster(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const shared = require('node:cluster') as { fork: typeof clusterModule.default.fork };
  shared.fork = (): never => {
    throw new RefusedError(
      'cluster.fork() is refused inside a web server, which runs several processes itself: ' +
        'start the application without cluster (its worker alone), and set the number of worker processes, or of threads ' +
        '(tsgi_threads, TSGIThreads), in the configuration',
    );
  };
  syncBuiltinESMExports();
}
