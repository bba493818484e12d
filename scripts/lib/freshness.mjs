/**
 * What must be made anew? Each product has a stamp that holds a fingerprint of everything it was made from; files that
 * changed, appeared or went away change the fingerprint.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { stamps } from './paths.mjs';

/**
 * All files at or below the given paths, in a steady order. What does not exist counts as nothing.
 * @param {readonly string[]} paths
 * @returns {string[]}
 */
export function listFiles(paths) {
  return paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) {
      return [];
    }
    if (!stat.isDirectory()) {
      return [path];
    }
    const names = readdirSync(path).filter((name) => name !== 'node_modules' && !name.startsWith('.'));
    return listFiles(names.sort().map((name) => join(path, name)));
  });
}

/**
 * @param {readonly string[]} paths files and folders
 * @param {readonly string[]} [facts] anything else that the product depends on, for example compiler options
 */
export function fingerprint(paths, facts = []) {
  const hash = createHash('sha256');
  for (const file of listFiles(paths)) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.update(facts.join('\0')).digest('hex');
}

/**
 * @param {string} name of the stamp, below build/stamps/ unless it is an absolute path
 * @param {string} print
 * @param {readonly string[]} products all of which must exist
 */
export function isFresh(name, print, products) {
  const stamp = resolve(stamps, name);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === print && products.every((path) => existsSync(path));
}

/**
 * @param {string} name
 * @param {string} print taken before the work began, so that an edit made meanwhile counts
 */
export function recordFresh(name, print) {
  const stamp = resolve(stamps, name);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, print);
}
