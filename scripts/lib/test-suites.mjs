/** The suites: each runs its tests and counts them, from the report that its runner writes. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checks } from './checks.mjs';
import { run } from './command.mjs';
import { describeFailure } from './failure.mjs';
import { nativePaths, nodeModules, results } from './paths.mjs';
import { step } from './progress.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * @typedef {object} Suite
 * @property {string} title
 * @property {(filters: readonly string[]) => Promise<Counts>} run
 */

/** @type {Record<string, Suite>} */
export const suites = {
  check: { title: 'checks', run: runChecks },
  core: { title: 'tests of the native core', run: runCoreTests },
  vitest: { title: 'tests of TypeScript, add-on and servers', run: runVitest },
};

/** Layers, lint, types, format: not tests, so that a passed one counts for nothing and a failed one for a failure. */
async function runChecks() {
  let failed = 0;
  for (const { title, check } of checks) {
    try {
      await step(`  ${title}`, check);
    } catch (error) {
      console.error(describeFailure(error));
      failed++;
    }
  }
  return { passed: 0, failed, skipped: 0 };
}

async function runCoreTests() {
  const report = freshReport('ctest.xml');
  const { native } = nativePaths();
  const args = ['--test-dir', native, '--output-on-failure', '--no-tests=error', '--output-junit', report];
  await run('ctest', args, {
    log: 'ctest',
    what: 'ctest',
    show: true,
    seconds: 300,
    accept: () => existsSync(report),
  });
  const [, attributes = ''] = /<testsuite\b([^>]*)>/.exec(readFileSync(report, 'utf8')) ?? [];
  const count = (/** @type {string} */ name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
  const failed = count('failures');
  const skipped = count('skipped') + count('disabled');
  return atLeastOne({ passed: count('tests') - failed - skipped, failed, skipped });
}

/** @param {readonly string[]} filters */
async function runVitest(filters) {
  const report = freshReport('vitest.json');
  await run(
    process.execPath,
    [
      ...[join(nodeModules, 'vitest/vitest.mjs'), 'run', ...filters],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ],
    { log: 'vitest', what: 'vitest', show: true, seconds: 1080, accept: () => existsSync(report) },
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
