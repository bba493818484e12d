import { syncBuiltinESMExports } from 'node:module';

type Callable = (...args: unknown[]) => unknown;
type Callables = Record<string, Callable>;

/** Which arguments of the functions of `node:fs` are paths; with `Sync`, as promises and with callbacks alike. */
const PATHS: ReadonlyMap<readonly number[], string> = new Map([
  [
    [0],
    'access appendFile chmod chown exists lchmod lchown lstat lutimes mkdir mkdtemp open openAsBlob opendir ' +
      'readFile readdir readlink realpath rm rmdir stat statfs truncate unlink unwatchFile utimes watch watchFile writeFile',
  ],
  [[0, 1], 'copyFile cp link rename'],
  [[1], 'symlink'], // what the link says counts from the link
]);

/** Those that wait for a program; the others all come to `ChildProcess.prototype.spawn`. */
const WAITING = ['execFileSync', 'execSync', 'spawnSync'];

/**
 * Has relative paths begin in the folder of the application: in `node:fs`, as the folder that programs are started in, and
 * for `process.loadEnvFile`. `node:path`, threads and the loaders ask `process.cwd()`. What native code opens by itself
 * begins in the server's, which is why paths given to it should be absolute.
 */
export function installRelativePaths(folder: () => string): void {
  const complete = (path: unknown): unknown => completed(path, folder);
  // What `require` gives are the objects that everybody shares.
  /* eslint-disable @typescript-eslint/no-require-imports */
  const fs = require('node:fs') as Callables & { promises: Callables };
  const programs = require('node:child_process') as Callables & { ChildProcess: { prototype: Callables } };
  /* eslint-enable @typescript-eslint/no-require-imports */
  for (const [places, names] of PATHS) {
    for (const name of names.split(' ')) {
      wrap(fs, name, completing(places, complete));
      wrap(fs, `${name}Sync`, completing(places, complete));
      wrap(fs.promises, name, completing(places, complete));
    }
  }
  const inFolder = (options: object = {}) => ({
    ...options,
    cwd: complete((options as { cwd?: unknown }).cwd ?? folder()),
  });
  wrap(programs.ChildProcess.prototype, 'spawn', ([options]) => [inFolder(options as object)]);
  for (const name of WAITING) {
    wrap(programs, name, (args) => withOptions(args, inFolder));
  }
  wrap(process as unknown as Callables, 'loadEnvFile', ([path]) => [complete(path ?? '.env')]);
  syncBuiltinESMExports();
}

/** Paths are strings, buffers or URLs; a number is a descriptor, and an empty path stays none. */
function completed(path: unknown, folder: () => string): unknown {
  if (typeof path === 'string') {
    return path === '' || path.startsWith('/') ? path : `${prefix(folder())}${path}`;
  }
  if (path instanceof Uint8Array && path.length > 0 && path[0] !== 0x2f) {
    return Buffer.concat([Buffer.from(prefix(folder())), path]);
  }
  return path;
}

const prefix = (folder: string): string => (folder.endsWith('/') ? folder : `${folder}/`);

const completing = (places: readonly number[], complete: (path: unknown) => unknown) => (args: unknown[]) =>
  args.map((argument, at) => (places.includes(at) ? complete(argument) : argument));

/** Options are the last argument, after a list perhaps; those that are not given stand for none. */
function withOptions(args: unknown[], change: (options?: object) => object): unknown[] {
  const given = args.filter((argument, at) => at === 0 || (argument !== undefined && argument !== null));
  const last = given[given.length - 1];
  return typeof last === 'object' && last !== null && !Array.isArray(last)
    ? [...given.slice(0, -1), change(last)]
    : [...given, change()];
}

/** Puts a function in the place of one that is there; where this Node has none, nothing. */
function wrap(holder: Callables, name: string, change: (args: unknown[]) => unknown[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  if (typeof descriptor?.value === 'function') {
    Object.defineProperty(holder, name, { ...descriptor, value: wrapped(descriptor.value as Callable, change) });
  }
}

/** Looks the same, and so do the functions that it has: `realpath.native`, what `util.promisify` makes of `exists`. */
function wrapped(original: Callable, change: (args: unknown[]) => unknown[]): Callable {
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    return original.apply(this, change(args));
  };
  for (const name of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, name) as PropertyDescriptor;
    const own: unknown = descriptor.value;
    const value = typeof own === 'function' && own !== original ? wrapped(own as Callable, change) : own;
    Object.defineProperty(wrapper, name, { ...descriptor, value: own === original ? wrapper : value });
  }
  return wrapper;
}
