/** The configuration files in bench/peers, in which words between two @ stand for what a run decides. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRepository } from '../../scripts/lib/paths.mjs';

/**
 * @param {string} template a file in bench/peers
 * @param {string} folder
 * @param {string} name of the file in it
 * @param {Record<string, string>} words
 */
export function writeTemplate(template, folder, name, words) {
  writeFileSync(join(folder, name), fillIn(readFileSync(inRepository('bench/peers', template), 'utf8'), words));
}

/**
 * @param {string} template
 * @param {Record<string, string>} words
 */
export function fillIn(template, words) {
  return template.replaceAll(/@(\w+)@/g, (_, /** @type {string} */ name) => {
    const word = words[name];
    if (word === undefined) {
      throw new Error(`nothing to fill in for @${name}@`);
    }
    return word;
  });
}
