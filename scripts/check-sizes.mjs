#!/usr/bin/env node
/**
 * How long a file and a function may be. What is over its limit stands in one list, with the reason why it is better whole
 * than in parts; the list holds nothing else.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { runMain } from './lib/failure.mjs';
import { listFiles } from './lib/freshness.mjs';
import { functionSizes } from './lib/function-sizes.mjs';
import { inRepository, repository } from './lib/paths.mjs';

/** In lines, blank ones and comments included. */
export const limits = { file: 400, function: 60 };

const folders = ['native', 'nginx-module', 'apache-module', 'src', 'scripts', 'bench', 'test'];
const sources = /\.(c|cc|h|[cm]?ts|[cm]?js)$/;

/**
 * `path`, or `path: name of the function`, and the reason.
 * @type {Record<string, string>}
 */
export const exceptions = {};

/**
 * Whatever is too long without a reason, and each reason for what is not too long, one sentence each.
 * @returns {string[]}
 */
export function findViolations() {
  const files = listFiles(folders.map((folder) => inRepository(folder)))
    .map((file) => relative(repository, file))
    .filter((file) => sources.test(file));
  return compare(
    files.flatMap((file) => excessesOf(file, readFileSync(inRepository(file), 'utf8'))),
    exceptions,
  );
}

/** @typedef {{ what: string, place: string, lines: number, limit: number }} Excess */

/**
 * @param {string} file relative to the repository
 * @param {string} text what is in it
 * @returns {Excess[]} what is over its limit: the file, and functions of it
 */
export function excessesOf(file, text) {
  const lines = text.replace(/\n$/, '').split('\n').length;
  const functions = functionSizes(file, text).map(({ name, line, lines }) => ({
    what: `${file}: ${name}`,
    place: `${file}:${line}: ${name}`,
    lines,
    limit: limits.function,
  }));
  return [{ what: file, place: file, lines, limit: limits.file }, ...functions].filter(
    (part) => part.lines > part.limit,
  );
}

/**
 * @param {readonly Excess[]} excesses
 * @param {Record<string, string>} excused
 */
export function compare(excesses, excused) {
  const found = new Set(excesses.map(({ what }) => what));
  return [
    ...excesses
      .filter(({ what }) => !(what in excused))
      .map(({ place, lines, limit }) => `${place}: ${lines} lines, more than ${limit}`),
    ...Object.keys(excused)
      .filter((what) => !found.has(what))
      .map((what) => `${what}: is excused, and there is no such thing over its limit`),
  ];
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await runMain(async () => {
    const violations = findViolations();
    for (const violation of violations) {
      console.log(violation);
    }
    return violations.length === 0 ? 0 : 1;
  });
}
