/**
 * The frame of the commands beside `npm test` that try to break TSGI: parts that run one after the other, each counted,
 * and one closing line for all of them.
 */
import { describeFailure } from './failure.mjs';
import { elapsed, say, step } from './progress.mjs';

/** @typedef {import('./runners.mjs').Counts} Counts */

/**
 * A part that breaks down counts as one failure, and the others still run.
 * @param {ReadonlyArray<{ title: string, run: () => Promise<Counts> }>} parts
 * @returns {Promise<number>} the exit code
 */
export async function runParts(parts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { title, run } of parts) {
    try {
      const counts = await step(title, run);
      total.passed += counts.passed;
      total.failed += counts.failed;
      total.skipped += counts.skipped;
    } catch (error) {
      console.error(describeFailure(error));
      total.failed++;
    }
  }
  say(`everything took ${elapsed().toFixed(0)} s`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}
