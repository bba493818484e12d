/** What the last whole run of `npm run test:defects` has found, for docs/test-report.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { results } from './paths.mjs';

export const defectsFile = join(results, 'defects.json');

/** @typedef {import('../../test/defects/index.mjs').Defect & { by: string[] }} Outcome */

/** Rules and obligations, then the layers; the empty text when it never ran. */
export function describeDefects() {
  /** @type {Outcome[]} */
  let outcomes;
  try {
    outcomes = JSON.parse(readFileSync(defectsFile, 'utf8'));
  } catch {
    return '';
  }
  const rules = new Set(outcomes.filter(({ layer }) => layer === undefined).map(({ breaks }) => breaks));
  const found = outcomes.filter(({ by }) => by.length > 0).length;
  const sorted = outcomes.sort((one, other) => orderOf(one).localeCompare(orderOf(other)));
  return `\`npm run test:defects\` breaks ${rules.size} rules and obligations of the specification, each at least once, and makes in each layer
the mistakes that matter most there: ${outcomes.length} defects, of which ${found} were found.

| broken | in | found by |
|---|---|---|
${sorted.map(row).join('\n')}`;
}

/** @param {Outcome} outcome */
const orderOf = ({ layer = '', breaks, file }) => [layer, breaks, file].join('\0');

/** @param {Outcome} outcome */
function row({ breaks, layer, file, by }) {
  const isRule = layer === undefined && /^[a-z-]+$/.test(breaks);
  const what = isRule ? `[\`${breaks}\`](SPEC.md#${breaks})` : layer === undefined ? `◆ ${breaks} …` : breaks;
  return `| ${cell(what)} | ${file} | ${by[0] === undefined ? '**not found**' : cell(by[0])} |`;
}

/** @param {string} text */
const cell = (text) =>
  text
    .replace(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .replace(/\p{Cc}/gu, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(/[<>]/g, (sign) => (sign === '<' ? '&lt;' : '&gt;'));
