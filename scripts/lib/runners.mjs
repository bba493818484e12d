/** The programs that run tests: what each ran, counted from the report that it writes. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { nodeModules, results } from './paths.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * @typedef {object} RunOptions
 * @property {string} report its name, and the log's, below `build/`
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [seconds] after which the run is ended and has failed
 */

/**
 * @param {string} folder where cmake has built
 * @param {RunOptions & { args?: readonly string[] }} options `args`: which tests
 * @returns {Promise<Counts>}
 */
export async function runCtest(folder, { report: name, env, seconds = 300, args = [] }) {
  const report = freshReport(`${name}.xml`);
  await run(
    'ctest',
    ['--test-dir', folder, '--output-on-failure', '--no-tests=error', '--output-junit', report, ...args],
    { log: name, what: 'ctest', show: true, seconds, accept: () => existsSync(report), ...(env && { env }) },
  );
  const [, attributes = ''] = /<testsuite\b([^>]*)>/.exec(readFileSync(report, 'utf8')) ?? [];
  const count = (/** @type {string} */ key) => Number(new RegExp(`\\b${key}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
  const failed = count('failures');
  const skipped = count('skipped') + count('disabled');
  return atLeastOne({ passed: count('tests') - failed - skipped, failed, skipped });
}

/**
 * @param {readonly string[]} filters parts of the paths of test files
 * @param {RunOptions & { args?: readonly string[], command?: readonly string[] }} options `command`: in front of node
 * @returns {Promise<Counts>}
 */
export async function runVitest(filters, { report: name, env, seconds = 1080, args = [], command = [] }) {
  const report = freshReport(`${name}.json`);
  const [program = process.execPath, ...rest] = [...command, process.execPath, join(nodeModules, 'vitest/vitest.mjs')];
  await run(
    program,
    [...rest, 'run', ...filters, ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { log: name, what: 'vitest', show: true, seconds, accept: () => existsSync(report), ...(env && { env }) },
  );
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults, success } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  // A file that could not even be loaded has failed without having a test; so has a run with a stray rejection.
  const unloaded = testResults.filter(
    (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + unloaded;
  return atLeastOne({
    passed: numPassedTests,
    failed: success || failed > 0 ? failed : 1,
    skipped: numPendingTests + numTodoTests,
  });
}

/** @param {string} name */
function freshReport(name) {
  mkdirSync(results, { recursive: true });
  const path = join(results, name);
  rmSync(path, { force: true });
  return path;
}

/**
 * A suite that ran no test has failed.
 * @param {Counts} counts
 */
function atLeastOne(counts) {
  return counts.passed + counts.failed > 0 ? counts : { ...counts, failed: 1 };
}
