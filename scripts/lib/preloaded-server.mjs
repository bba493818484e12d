import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { results } from './paths.mjs';

/**
 * A server of Debian's, which does not bring the library that our module needs when it has sanitizers.
 * @param {string} program
 * @param {string} library
 */
export function preloaded(program, library) {
  const path = join(results, `${basename(program)}-preloaded`);
  mkdirSync(results, { recursive: true });
  writeFileSync(path, `#!/bin/sh\nLD_PRELOAD=${library} exec ${program} "$@"\n`, { mode: 0o755 });
  return path;
}
