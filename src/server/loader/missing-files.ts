/** Where a module may yet come to be that was not found. Also used on the hooks thread. */
import * as nodeModule from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const BARE = /^(?:@[^/]+\/)?[^/]+/;
const PATH = /^\.{0,2}(?:\/|$)/;

/** There since Node 0.x. */
const { _nodeModulePaths: modulePaths, _extensions: extensions } = nodeModule.Module as unknown as {
  _nodeModulePaths(this: void, folder: string): string[];
  _extensions: Record<string, unknown>;
};

/** What `require` adds to a name. */
const ADDED = ['', '/package.json', '/index.js'];

/**
 * Files and folders that a look-up of `specifier`, from the file `parent`, went by in vain. `folders`: those that are
 * searched besides.
 */
export function missingFiles(specifier: string, parent: string | undefined, folders: readonly string[]): string[] {
  const from = parent === undefined ? undefined : dirname(parent);
  if (specifier.startsWith('file:')) {
    return [fileURLToPath(specifier)];
  }
  if (PATH.test(specifier)) {
    const base = from === undefined && !isAbsolute(specifier) ? undefined : resolve(from ?? '/', specifier);
    return base === undefined ? [] : [...ADDED, ...Object.keys(extensions)].map((ending) => base + ending);
  }
  const [name] = BARE.exec(specifier) ?? [];
  if (name === undefined || specifier.startsWith('#')) {
    return [];
  }
  const searched = [...(from === undefined ? [] : modulePaths(from)), ...folders];
  return searched.flatMap((folder) => [join(folder, name), join(folder, name, 'package.json')]);
}
