/**
 * Where bare specifiers are looked for that the application's own folders do not have: the running package itself, and
 * the folders of `tsgi_module_path`. Also used on the hooks thread.
 */
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';

/** The folder of the running package's compiled files. */
const PACKAGE_ROOT = join(__dirname, '..', '..');
const OWN_SPECIFIER = /^tsgi(?:\/(middleware|testing))?$/;

/** Node's look-up of a request in a list of folders, by `exports`, `main` and extensions; there since Node 0.x. */
type FindPath = (request: string, folders: readonly string[], isMain: boolean) => string | false;

/** The file of a bare specifier that was found nowhere else; undefined when it is not here either. */
export function resolveExtra(specifier: string, folders: readonly string[]): string | undefined {
  if (!isBare(specifier)) {
    return undefined;
  }
  const { _findPath: findPath } = nodeModule.Module as unknown as { _findPath: FindPath };
  const found = folders.length > 0 && findPath(specifier, folders, false);
  if (found !== false) {
    return found;
  }
  const own = OWN_SPECIFIER.exec(specifier);
  const file = own === null ? undefined : join(PACKAGE_ROOT, own[1] ?? '', 'index.js');
  return file !== undefined && existsSync(file) ? file : undefined;
}

/** Whether an error of Node's own resolution means that the specifier itself was not found. */
export function isNotFound(error: unknown): boolean {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}

function isBare(specifier: string): boolean {
  return !/^(?:\.{0,2}\/|\.{1,2}$|[A-Za-z][A-Za-z0-9+.-]*:|#)/.test(specifier);
}
