import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripTypes } from './strip-types';

const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;
const MOST_FILES = 200;

/**
 * Node keeps the file and line of a syntax error in an ES module to itself. This finds them: it parses the script, and
 * what it imports by relative paths, with the engine that strips types. Returns the error to report: the one given when
 * it is of another kind, or tells its place already, or the place cannot be found.
 */
export function locateSyntaxError(error: unknown, script: string): unknown {
  if (
    !(error instanceof SyntaxError) ||
    /\.[cm]?[jt]s\W/.test(`${error.message}\n${error.stack?.split('\n')[0] ?? ''}`)
  ) {
    return error;
  }
  const seen = new Set([script]);
  for (const path of seen) {
    const source = read(path);
    if (source === undefined) {
      continue;
    }
    const found = parseError(source, path);
    if (found !== undefined) {
      found.stack = `SyntaxError: ${found.message}`; // where it was found out tells nobody anything
      return found;
    }
    for (const [, specifier] of source.matchAll(RELATIVE_IMPORT)) {
      if (seen.size < MOST_FILES && specifier !== undefined) {
        seen.add(join(dirname(path), specifier));
      }
    }
  }
  return error;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parseError(source: string, path: string): SyntaxError | undefined {
  try {
    stripTypes(source, path);
    return undefined;
  } catch (error) {
    return error instanceof SyntaxError ? error : undefined;
  }
}
