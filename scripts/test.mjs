#!/usr/bin/env node
/** `npm test`: installs what is missing, builds, runs every suite, and closes with the number of tests. */
import { buildProducts } from './lib/build.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { UserMistake, describeFailure, runMain } from './lib/failure.mjs';
import { elapsed, say, step } from './lib/progress.mjs';
import { setUp } from './lib/setup.mjs';
import { suites } from './lib/test-suites.mjs';

const usage = `usage: npm test [-- [--suite NAME]... [FILTER...]]

Installs what is missing, builds what is stale and runs the tests. Suites: ${Object.keys(suites).join(', ')}; all of them
when none is named. Filters are parts of the paths of test files, and choose among those of vitest.
`;

await runMain(async () => {
  const { values, positionals: filters } = readCommandLine(
    usage,
    { suite: { type: 'string', multiple: true } },
    { positionals: true },
  );
  const names = values.suite ?? (filters.length > 0 ? ['vitest'] : Object.keys(suites));
  const unknown = names.find((name) => !(name in suites));
  if (unknown !== undefined) {
    throw new UserMistake(`There is no suite \`${unknown}\`; there are ${Object.keys(suites).join(', ')}.`);
  }
  await setUp();
  await buildProducts();

  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of names) {
    const counts = await runSuite(name, filters);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  say(`everything took ${elapsed().toFixed(0)} s`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
});

/**
 * A suite whose runner breaks down counts as one failure, and the others still run.
 * @param {string} name
 * @param {readonly string[]} filters
 */
async function runSuite(name, filters) {
  const { title, run } = /** @type {import('./lib/test-suites.mjs').Suite} */ (suites[name]);
  try {
    return await step(title, () => run(filters));
  } catch (error) {
    console.error(describeFailure(error));
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
