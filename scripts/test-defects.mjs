#!/usr/bin/env node
/** `npm run test:defects`: each defect of test/defects in turn, and whether the suite that should find it does. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defects } from '../test/defects/index.mjs';
import { withBuildLock } from './lib/build-lock.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { defectsFile } from './lib/defect-report.mjs';
import { DefectTree } from './lib/defect-tree.mjs';
import { kindOf, kinds } from './lib/defect-kinds.mjs';
import { stopRunning } from './lib/defect-suites.mjs';
import { describeFailure, runMain } from './lib/failure.mjs';
import { results } from './lib/paths.mjs';
import { elapsed, say, step } from './lib/progress.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run test:defects [-- FILTER...]

Puts the defects of test/defects one after the other into a copy of this tree, in a temporary folder, and runs what must
find each; the closing line counts those that were found. Filters are parts of what a defect breaks, of its file or of its tests,
and choose among them; a run without a filter leaves its result in build/results/defects.json.
`;

/** @typedef {import('../test/defects/index.mjs').Defect} Defect */
/** @typedef {import('./lib/defect-suites.mjs').Verdict} Verdict */
/** @typedef {Defect & Verdict & { seconds: number }} Outcome */

await runMain(async () => {
  const { positionals: filters } = readCommandLine(usage, {}, { positionals: true });
  const chosen = defects.filter(
    ({ breaks, layer = '', file, tests }) =>
      filters.length === 0 ||
      filters.some((filter) => [breaks, layer, file, tests].some((text) => text.includes(filter))),
  );
  await setUp();
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-defects-'));
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, stopRunning);
  }
  const outcomes = await tryAll(folder, chosen).finally(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const failed = outcomes.filter(({ by }) => by.length === 0);
  if (filters.length === 0) {
    mkdirSync(results, { recursive: true });
    writeFileSync(defectsFile, `${JSON.stringify(outcomes, null, 1)}\n`);
  }
  for (const { breaks, file, otherwise } of failed) {
    console.error(`\nnot found: ${breaks} (${file})\n${otherwise}`);
  }
  say(`everything took ${elapsed().toFixed(0)} s`);
  process.stdout.write(`${outcomes.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 && outcomes.length > 0 ? 0 : 1;
});

/**
 * @param {string} folder
 * @param {readonly Defect[]} chosen
 * @returns {Promise<Outcome[]>}
 */
async function tryAll(folder, chosen) {
  const trees = await withBuildLock(async () => [
    DefectTree.make(join(folder, 'one')),
    DefectTree.make(join(folder, 'two')),
  ]);
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const [name, kind] of Object.entries(kinds)) {
    const queue = chosen.filter((defect) => kindOf(defect) === name);
    if (queue.length === 0) {
      continue;
    }
    try {
      const bench = await step(kind.title, () => kind.prepare(trees, queue));
      // What needs no compiler is tried in both copies side by side.
      await Promise.all(trees.slice(0, kind.lanes).map((tree) => work(tree, queue, bench)));
    } catch (error) {
      const otherwise = describeFailure(error);
      outcomes.push(...queue.splice(0).map((defect) => ({ ...defect, by: [], otherwise, seconds: 0 })));
    }
  }
  return outcomes;

  /**
   * @param {DefectTree} tree
   * @param {Defect[]} queue what it takes from
   * @param {import('./lib/defect-kinds.mjs').Trial} trial
   */
  async function work(tree, queue, trial) {
    for (let defect = queue.shift(); defect !== undefined; defect = queue.shift()) {
      const begun = elapsed();
      const verdict = await attempt(tree, defect, trial);
      const seconds = elapsed() - begun;
      outcomes.push({ ...defect, ...verdict, seconds });
      const [by = 'NOT FOUND'] = verdict.by;
      say(`${outcomes.length}/${chosen.length} ${defect.breaks} (${defect.file}, ${seconds.toFixed(1)} s): ${by}`);
    }
  }
}

/**
 * @param {DefectTree} tree
 * @param {Defect} defect
 * @param {import('./lib/defect-kinds.mjs').Trial} trial
 * @returns {Promise<Verdict>}
 */
async function attempt(tree, defect, trial) {
  try {
    const restore = tree.apply(defect);
    try {
      return await trial(tree, defect);
    } finally {
      restore();
    }
  } catch (error) {
    return { by: [], otherwise: describeFailure(error) };
  }
}
