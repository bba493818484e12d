/** docs/compatibility.md: what the tests of test/compatibility have recorded, as tables. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './command.mjs';
import { nativePaths, results } from './paths.mjs';

/** Where each family of applications leaves its rows. */
export const recordsFolder = join(results, 'compatibility');

/**
 * One shape, played to one application inside one server.
 * @typedef {object} Row
 * @property {string} application
 * @property {string} version of its package; '' where it has none
 * @property {'nginx' | 'Apache'} server
 * @property {string} feature
 * @property {string} shape
 * @property {'equal' | 'excused' | 'different'} outcome
 * @property {{ differs: readonly string[], reason: string }[]} excuses those that were needed
 */

const servers = /** @type {const} */ (['nginx', 'Apache']);

export async function compatibilityPage() {
  const rows = readRows();
  const applications = [...groupBy(rows, ({ application }) => application).values()];
  return `# Compatibility

Existing applications, not changed in any way, under plain node, inside nginx and inside Apache. A shape is what a client
does: a request, or several, well-behaved or not. It is equal when the status, the reason, every field (in any order of names, the
values of each in order; but for \`Date\`, \`Server\` and what belongs to the connection: \`Connection\`, \`Keep-Alive\`, \`Transfer-Encoding\`,
\`Trailer\`), a length where plain node has one, and every byte of the body are the same.

\`npm run test:compatibility\` plays the shapes of [test/compatibility](../test/compatibility/README.md) and writes this page; \`npm test\`
plays the core of them. The last run: ${await versions()}.

| application | shapes | nginx | Apache |
|---|---|---|---|
${applications.map(summary).join('\n')}

${applications.map(section).join('\n\n')}

## Excused differences

${excuses(rows)}
`;
}

/** @returns {Row[]} */
function readRows() {
  return readdirSync(recordsFolder)
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(recordsFolder, name), 'utf8')));
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 */
function groupBy(items, keyOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) {
    groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  }
  return groups;
}

/** @param {readonly Row[]} rows of one application */
const titleOf = ([row]) => [row?.application, row?.version].filter((part) => part !== '').join(' ');

/** @param {readonly Row[]} rows of one application */
const shapesOf = (rows) => new Set(rows.map(({ shape }) => shape)).size;

/** @param {readonly Row[]} rows of one application */
const summary = (rows) => `| ${titleOf(rows)} | ${shapesOf(rows)} | ${counts(rows).join(' | ')} |`;

/** @param {readonly Row[]} rows of one application */
function section(rows) {
  const features = [...groupBy(rows, ({ feature }) => feature)];
  const lines = features.map(([feature, of]) => `| ${feature} | ${shapesOf(of)} | ${counts(of).join(' | ')} |`);
  return `## ${titleOf(rows)}

| feature | shapes | nginx | Apache |
|---|---|---|---|
${lines.join('\n')}`;
}

/**
 * One cell for each server.
 * @param {readonly Row[]} rows
 */
function counts(rows) {
  return servers.map((server) => {
    const count = (/** @type {Row['outcome']} */ outcome) =>
      rows.filter((row) => row.server === server && row.outcome === outcome).length;
    const rest = /** @type {const} */ (['excused', 'different']).filter((outcome) => count(outcome) > 0);
    return [`${count('equal')} equal`, ...rest.map((outcome) => `${count(outcome)} ${outcome}`)].join(', ');
  });
}

/** @param {readonly Row[]} rows */
function excuses(rows) {
  const all = rows.flatMap(({ excuses, ...row }) => excuses.map((excuse) => ({ ...row, ...excuse })));
  const byReason = [...groupBy(all, ({ reason }) => reason)];
  if (byReason.length === 0) {
    return 'None.';
  }
  return byReason
    .map(([reason, of]) => {
      const list = (/** @type {(row: (typeof of)[number]) => string} */ key) => [...new Set(of.map(key))].join(', ');
      const shapes = list(({ shape, differs }) => `"${shape}" (${differs.join(', ')})`);
      return `* ${reason} ${list(({ server }) => server)}; ${list(({ application }) => application)}: ${shapes}.`;
    })
    .join('\n');
}

async function versions() {
  const read = async (/** @type {string} */ program, /** @type {string} */ option, /** @type {RegExp} */ pattern) => {
    const { stdout, stderr } = await capture(program, [option]);
    return pattern.exec(stdout + stderr)?.[1];
  };
  const node = await read(join(nativePaths().native, 'test/plain-node'), '-v', /v(\S+)/);
  const nginx = await read('/usr/sbin/nginx', '-v', /nginx\/(\S+)/);
  const apache = await read('/usr/sbin/apache2', '-v', /Apache\/(\S+)/);
  return `Node.js ${node}, nginx ${nginx}, Apache ${apache} with the event MPM`;
}
