/** Tells which files modules are read from, without a hook that costs anything. */
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import type { WatchFile } from '../files';

interface CommonJsModule {
  load(this: CommonJsModule, filename: string): void;
}

/** The part of a program that Node's loader of ES modules takes its `readFile` from, each time. */
interface Reading {
  readFile(this: void, path: unknown, ...rest: unknown[]): Promise<unknown>;
}

const LOADER = /\(node:internal\/modules\/esm\/load:/;

/** Of every CommonJS module, JSON and native ones included, before it is read. */
export function watchCommonJs(watch: WatchFile): void {
  const { prototype } = nodeModule.Module as unknown as { prototype: CommonJsModule };
  const load = prototype.load;
  prototype.load = function (filename) {
    watch(filename);
    load.call(this, filename);
  };
}

/**
 * Of every ES module, before it is read, where there are no hooks that would tell: in a program of CommonJS that imports
 * now and then, on a Node that has hooks only on a thread of their own. Its loader reads by `fs.promises.readFile`, with
 * a URL and nothing else.
 */
export function watchImports(watch: WatchFile): void {
  // What `require` gives is the object that everybody shares.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const shared = require('node:fs/promises') as Reading;
  const readFile = shared.readFile;
  shared.readFile = Object.defineProperty(
    function (path: unknown, ...rest: unknown[]) {
      if (rest.length === 0 && path instanceof URL && path.protocol === 'file:' && calledByLoader()) {
        watch(fileURLToPath(path));
      }
      return readFile(path, ...rest);
    },
    'name',
    { value: 'readFile' },
  );
}

function calledByLoader(): boolean {
  return LOADER.test(new Error().stack ?? '');
}
