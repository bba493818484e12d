/** The suites: each runs its tests and counts them, from the report that its runner writes. */
import { checks } from './checks.mjs';
import { describeFailure } from './failure.mjs';
import { nativePaths } from './paths.mjs';
import { step } from './progress.mjs';
import { runCtest, runVitest } from './runners.mjs';

/** @typedef {import('./runners.mjs').Counts} Counts */

/**
 * @typedef {object} Suite
 * @property {string} title
 * @property {(filters: readonly string[]) => Promise<Counts>} run
 */

/** @type {Record<string, Suite>} */
export const suites = {
  check: { title: 'checks', run: runChecks },
  core: { title: 'tests of the native core', run: runCoreTests },
  vitest: { title: 'tests of TypeScript, add-on and servers', run: runVitestHere },
};

/** Layers, sizes, lint, types, format: not tests, so that a passed one counts for nothing and a failed one for a failure. */
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

function runCoreTests() {
  return runCtest(nativePaths().native, { report: 'ctest' });
}

/** @param {readonly string[]} filters */
function runVitestHere(filters) {
  return runVitest(filters, { report: 'vitest' });
}
