import { readFileSync } from 'node:fs';
import * as os from 'node:os';
import { syncBuiltinESMExports } from 'node:module';

/** An error of something that a guest may not do. */
export class RefusedError extends Error {
  readonly code = 'ERR_TSGI_REFUSED';

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'RefusedError', configurable: true, writable: true });
  }
}

/** What changes the whole process, and what an administrator does instead. */
const REFUSED: Readonly<Record<string, string>> = {
  setuid: 'the configuration of the web server says whom it runs as',
  seteuid: 'the configuration of the web server says whom it runs as',
  setgid: 'the configuration of the web server says whom it runs as',
  setegid: 'the configuration of the web server says whom it runs as',
  setgroups: 'the configuration of the web server says whom it runs as',
  initgroups: 'the configuration of the web server says whom it runs as',
};

/**
 * Refuses what would change the process of the web server under its feet, and that of every other application in it.
 * What only asks still answers.
 */
export function installRefusals(): void {
  for (const [name, instead] of Object.entries(REFUSED)) {
    define(name, () => {
      throw new RefusedError(`process.${name}() would change the process of the web server: ${instead}`);
    });
  }
  define('umask', (mask?: unknown) => {
    if (mask !== undefined) {
      throw new RefusedError(
        'process.umask(mask) would change the process of the web server: give each file its mode, or fs.chmod it',
      );
    }
    return currentMask();
  });
  installPriority();
}

function define(name: string, value: unknown): void {
  Object.defineProperty(process, name, { value, configurable: true, enumerable: true, writable: true });
}

/** Node asks by setting the mask and setting it back, which another thread that makes a file then sees. */
function currentMask(): number {
  const [, mask = '022'] = /^Umask:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return Number.parseInt(mask, 8);
}

function installPriority(): void {
  // What `require` gives is the object that everybody shares.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const shared = require('node:os') as { setPriority: typeof os.setPriority };
  const setPriority = os.setPriority;
  shared.setPriority = (pid: number, priority?: number): void => {
    if (priority === undefined || pid === 0 || pid === process.pid) {
      throw new RefusedError(
        'os.setPriority() of the own process would change the web server: its configuration sets the priority',
      );
    }
    setPriority(pid, priority);
  };
  syncBuiltinESMExports();
}
