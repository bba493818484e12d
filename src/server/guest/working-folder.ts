import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import { installRelativePaths } from './relative-paths';

/** Under which the threads of an application get it. */
const KEY = 'tsgi.cwd';

/** Without symbolic links, as the kernel tells it. */
let folder = '';

/**
 * The working folder of a process is one for everything in it; that of a web server is `/`, mostly, and relative paths in
 * its configuration and its modules count from there. So each isolate has one of its own, which is no more than what
 * relative paths are completed with. Threads begin in that of who starts them, and may not change it, as in Node.
 */
export function installWorkingFolder(): void {
  const inherited = getEnvironmentData(KEY) as unknown;
  folder = typeof inherited === 'string' ? inherited : process.cwd();
  define('cwd', () => folder);
  if (isMainThread) {
    define('chdir', changeFolder);
  }
  installRelativePaths(() => folder);
}

/** Goes to where somebody would have started the script: its folder. */
export function enterFolderOf(script: string): void {
  try {
    keep(dirname(realpathSync.native(script)));
  } catch {
    // The loader will say what is wrong with it.
  }
}

function changeFolder(directory: unknown): void {
  if (typeof directory !== 'string') {
    const error = new TypeError(`The "directory" argument must be of type string. Received ${typeof directory}`);
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
  }
  try {
    // By the name that a folder has in itself: a file has none, nor a folder that may not be entered.
    keep(realpathSync.native(directory === '' ? '' : `${directory}/.`));
  } catch (error) {
    throw asOfChdir(error as NodeJS.ErrnoException, directory);
  }
}

function keep(path: string): void {
  folder = path;
  setEnvironmentData(KEY, path);
}

/** The error that Node's own `chdir` would throw. */
function asOfChdir({ message, code, errno }: NodeJS.ErrnoException, directory: string): Error {
  const [what = ''] = message.split(',');
  const error = new Error(`${what}, chdir '${folder}' -> '${directory}'`);
  return Object.assign(error, { errno, code, syscall: 'chdir', path: folder, dest: directory });
}

function define(name: 'cwd' | 'chdir', value: unknown): void {
  Object.defineProperty(process, name, { value, configurable: true, enumerable: true, writable: true });
}
