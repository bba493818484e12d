/** What `require` needs beyond Node 18 and 20: types stripped, and the extra places for bare specifiers. */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import type { WatchFile } from '../files';
import { isNotFound, resolveExtra } from './extra-resolution';
import { missingFiles } from './missing-files';
import { declaredKind } from './module-kind';
import { stripTypes } from './strip-types';

interface CompiledModule {
  _compile(source: string, filename: string): unknown;
}

/** The parts of Node's CommonJS loader that tools have always been allowed to replace. */
interface CommonJsLoader {
  _extensions: Record<string, (module: CompiledModule, filename: string) => void>;
  _resolveFilename(request: string, parent?: { filename?: string | null }, ...rest: unknown[]): string;
}

/** Makes `require` find what `resolveExtra` finds; `watch` learns where what is not found may come to be. */
export function hookResolution(folders: readonly string[], watch: WatchFile): void {
  const loader = nodeModule.Module as unknown as CommonJsLoader;
  const original = loader._resolveFilename;
  loader._resolveFilename = function (request, parent, ...rest) {
    try {
      return original.call(this, request, parent, ...rest);
    } catch (error) {
      const file = isNotFound(error) ? resolveExtra(request, folders) : undefined;
      if (file !== undefined) {
        return file;
      }
      if (isNotFound(error)) {
        missingFiles(request, parent?.filename ?? undefined, folders).forEach((path) => {
          watch(path);
        });
      }
      throw error;
    }
  };
}

/** Makes `require` strip types. */
export function hookTypeScript(): void {
  const { _extensions: extensions } = nodeModule.Module as unknown as CommonJsLoader;
  extensions['.cts'] = compile;
  extensions['.ts'] = compile;
}

function compile(module: CompiledModule, filename: string): void {
  if (declaredKind(filename) === 'module') {
    const error = new Error(`require() of ES module ${filename} is not supported; use import()`);
    throw Object.assign(error, { code: 'ERR_REQUIRE_ESM' });
  }
  module._compile(stripTypes(readFileSync(filename, 'utf8'), filename), filename);
}
