/**
 * Copies of the checkout to be broken: sources of their own, the packages of the checkout. Nothing that is done to one
 * of them is seen in the checkout.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, libnodeRoot, nodeModules, repository } from './paths.mjs';

/** What is made, installed or kept by git; everything else is source. */
const NOT_COPIED = new Set(['.git', 'build', 'dist', 'node_modules']);

export class DefectTree {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /**
   * Copies the checkout as it is at this moment.
   * @param {string} folder that does not exist yet
   */
  static make(folder) {
    mkdirSync(folder, { mode: 0o755 }); // workers of a server may be somebody else
    for (const name of readdirSync(repository).filter((name) => !NOT_COPIED.has(name))) {
      cpSync(join(repository, name), join(folder, name), { recursive: true, preserveTimestamps: true });
    }
    linkPackages(nodeModules, join(folder, 'node_modules'));
    mkdirSync(join(folder, 'build'));
    if (existsSync(libnodeRoot)) {
      symlinkSync(libnodeRoot, join(folder, relative(repository, build), 'libnode-root'));
    }
    return new DefectTree(folder);
  }

  /**
   * Puts a defect in place, and returns what takes it away again.
   * @param {{ file: string, find: string, replace: string }} defect
   */
  apply({ file, find, replace }) {
    const path = join(this.folder, file);
    const text = readFileSync(path, 'utf8');
    const [before, after, ...more] = text.split(find);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`${file} has ${more.length === 0 ? 'not' : 'more than once'}: ${find}`);
    }
    writeFileSync(path, before + replace + after);
    return () => writeFileSync(path, text);
  }
}

/**
 * Links each package by itself: tools keep caches in the folder of the packages.
 * @param {string} from
 * @param {string} to
 */
function linkPackages(from, to) {
  mkdirSync(to);
  for (const name of readdirSync(from).filter((name) => !name.startsWith('.'))) {
    symlinkSync(join(from, name), join(to, name));
  }
}
