#!/usr/bin/env node
/** `npm run test:fuzz`: what strangers may write, by libFuzzer. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { readCommandLine } from './lib/command-line.mjs';
import { capture, lastLines, run } from './lib/command.mjs';
import { installPackages } from './lib/debian-packages.mjs';
import { UserMistake, describeFailure, runMain } from './lib/failure.mjs';
import { build, inRepository, logs, repository } from './lib/paths.mjs';
import { say, step } from './lib/progress.mjs';
import { runParts } from './lib/proof.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run test:fuzz [-- --seconds N]

Runs each fuzzer of test/fuzz for that many seconds (60 unless told), side by side, from its corpus and from what earlier
runs have found worth keeping below build/fuzz/; and first each with a defect that it must find. An input that breaks
something is left in build/fuzz/found/.
`;

const targets = ['head', 'environ', 'exchange', 'log', 'script'];
const folder = join(build, 'fuzz');
const found = join(folder, 'found');
const SEEDED_SECONDS = 30;

await runMain(async () => {
  const { values } = readCommandLine(usage, { seconds: { type: 'string', default: '60' } });
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new UserMistake(`--seconds wants a whole number of seconds, not \`${values.seconds}\`.`);
  }
  await setUp();
  await installClang();
  await step('fuzzers', compile);
  return runParts([
    { title: 'fuzzers that have something to find', run: () => sideBySide((target) => findSeeded(target)) },
    { title: `fuzzers, ${seconds} s`, run: () => sideBySide((target) => fuzz(target, seconds)) },
  ]);
});

/** clang, and the library of its sanitizers, which is a package of its own for each version. */
async function installClang() {
  await installPackages(['clang']);
  const { stdout } = await capture('clang', ['-dumpversion']);
  await installPackages([`libclang-rt-${parseInt(stdout, 10)}-dev`]);
}

async function compile() {
  await run('cmake', ['-S', inRepository('test/fuzz'), '-B', folder, '-DCMAKE_C_COMPILER=clang'], {
    log: 'fuzz-configure',
    what: 'configuring the fuzzers',
  });
  await run('cmake', ['--build', folder, '--parallel', String(availableParallelism())], {
    log: 'fuzz-build',
    what: 'compiling the fuzzers',
  });
}

/** @param {(target: string) => Promise<boolean>} test */
async function sideBySide(test) {
  const results = await Promise.all(
    targets.map((target) =>
      test(target).catch((error) => {
        console.error(describeFailure(error));
        return false;
      }),
    ),
  );
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}

/** @param {string} target */
async function findSeeded(target) {
  const scratch = join(folder, 'seeded', target);
  const kept = join(scratch, 'corpus'); // libFuzzer writes into the first folder it is given
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(kept, { recursive: true });
  const finds = (/** @type {number | null} */ code) => code !== null && code !== 0;
  await run(
    join(folder, `seeded_${target}`),
    [`-max_total_time=${SEEDED_SECONDS}`, `-artifact_prefix=${scratch}/`, kept, corpusOf(target)],
    { log: `fuzz-seeded-${target}`, what: `${target} has found no defect where there is one`, accept: finds },
  );
  if (readdirSync(scratch).length < 2) {
    console.error(`${target}: it ended without an input to show for it`);
    return false;
  }
  return true;
}

/**
 * @param {string} target
 * @param {number} seconds
 */
async function fuzz(target, seconds) {
  const kept = join(folder, 'corpus', target);
  const prefix = join(found, `${target}-`);
  mkdirSync(kept, { recursive: true });
  mkdirSync(found, { recursive: true });
  const before = new Set(readdirSync(found));
  const code = await run(
    join(folder, `fuzz_${target}`),
    [
      ...[`-max_total_time=${seconds}`, '-timeout=10', '-max_len=4096', '-print_final_stats=1'],
      ...[`-artifact_prefix=${prefix}`, kept, corpusOf(target)],
    ],
    { log: `fuzz-${target}`, what: target, accept: () => true },
  );
  const said = readFileSync(join(logs, `fuzz-${target}.log`), 'utf8');
  const runs = Number(/stat::number_of_executed_units:\s*(\d+)/.exec(said)?.[1] ?? 0);
  const breaking = readdirSync(found).filter((name) => !before.has(name));
  if (code === 0 && breaking.length === 0 && runs > 0) {
    say(`${target}: ${runs} inputs, and none breaks anything`);
    return true;
  }
  console.error(lastLines(said, 60));
  for (const name of breaking) {
    console.error(`${target}: ${relative(repository, join(found, name))} breaks it`);
  }
  return false;
}

/** @param {string} target */
function corpusOf(target) {
  const path = inRepository('test/fuzz/corpus', target);
  if (!existsSync(path)) {
    throw new UserMistake(`There is no corpus for ${target}.`);
  }
  return path;
}
