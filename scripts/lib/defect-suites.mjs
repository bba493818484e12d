/**
 * The suites that have to find a defect, run on a copy of the checkout (defect-tree.mjs), and what counts as found: a test
 * that passes without the defect and says what is wrong, or the report of a sanitizer. What does not compile or load, or
 * breaks down, has found nothing.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { lastLines } from './command.mjs';
import { StepFailure } from './failure.mjs';

/** @typedef {import('./defect-tree.mjs').DefectTree} DefectTree */

/** Milliseconds that a test waits for what has to come (test/support/until.ts): most defects let something never come. */
const PATIENCE = '4000';

/**
 * @typedef {object} Verdict
 * @property {string[]} by the tests, or the first lines of reports, that found it
 * @property {string} [otherwise] what happened instead, when nothing found it
 */

/**
 * How a test fails that could not even look: the defect, or the test, is no program. A response that is not the JSON
 * it should be is something else; its text, which may have lines, stands in the message.
 */
const NOT_A_FINDING =
  /^(SyntaxError(?![^]*JSON)|ReferenceError)|Cannot find (module|package)|Failed to (load|resolve)|is missing: run /;

/** Milliseconds that a test may take, for those that wait for what never comes. */
const TEST_TIMEOUT = '10000';

/** What runs at this moment. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let stopped = false;

/** Ends what runs in the copies, and lets nothing begin any more. */
export function stopRunning() {
  stopped = true;
  for (const child of running) {
    child.kill(); // timeout(1) passes it on
  }
}

/**
 * Runs a program in the copy, bounded in time.
 * @param {DefectTree} tree
 * @param {readonly string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, seconds: number }} options
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function runIn(tree, command, { env = {}, seconds }) {
  if (stopped) {
    throw new StepFailure('interrupted');
  }
  const child = spawn('timeout', ['--kill-after=10', String(seconds), ...command], {
    cwd: tree.folder,
    env: { ...process.env, ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, output });
    });
  });
}

/**
 * @param {DefectTree} tree
 * @param {string} what
 * @param {readonly string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, seconds?: number }} [options]
 */
export async function makeIn(tree, what, command, { env = {}, seconds = 300 } = {}) {
  const { code, output } = await runIn(tree, command, { env, seconds });
  if (code !== 0) {
    throw new StepFailure(what, { output: lastLines(output) });
  }
}

/**
 * What a run of vitest came to, test by test.
 * @typedef {object} VitestRun
 * @property {Map<string, string>} tests by file and full name: `passed`, `failed`, ...
 * @property {{ test: string, message: string }[]} failures
 * @property {string} [broken] why the run says nothing
 */

/**
 * @param {DefectTree} tree
 * @param {readonly string[]} files
 * @param {{ env?: NodeJS.ProcessEnv, seconds: number, only?: string | undefined, bail?: boolean }} options
 * @returns {Promise<VitestRun>}
 */
export async function runVitestIn(tree, files, { env = {}, seconds, only, bail = false }) {
  const folder = mkdtempSync(join(tree.folder, 'build', 'vitest-'));
  const report = join(folder, 'report.json');
  const options = [
    ...(bail ? ['--bail=1', `--testTimeout=${TEST_TIMEOUT}`] : []),
    ...(only === undefined ? [] : ['--testNamePattern', only]),
  ];
  const { code, output } = await runIn(
    tree,
    [
      ...[process.execPath, 'node_modules/vitest/vitest.mjs', 'run', ...files, ...options],
      ...['--reporter=json', `--outputFile=${report}`],
    ],
    { env: { TSGI_TEST_PATIENCE: PATIENCE, ...env }, seconds },
  );
  if (!existsSync(report)) {
    return { tests: new Map(), failures: [], broken: `vitest ended with ${code}: ${lastLines(output, 5)}` };
  }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(folder, { recursive: true });
  const tests = new Map();
  const failures = [];
  const unloaded = [];
  for (const { name: path, assertionResults, status, message } of testResults) {
    if (status === 'failed' && assertionResults.length === 0) {
      unloaded.push(`${relative(tree.folder, path)}: ${lastLines(message, 2)}`);
    }
    for (const { fullName, status: outcome, failureMessages } of assertionResults) {
      const test = `${relative(tree.folder, path)}: ${fullName}`;
      tests.set(test, outcome);
      failures.push(...failureMessages.map((/** @type {string} */ text) => ({ test, message: text })));
    }
  }
  return { tests, failures, ...(unloaded.length > 0 && { broken: unloaded.join('\n') }) };
}

/**
 * @param {VitestRun} run
 * @param {ReadonlySet<string>} passing the tests that pass without the defect
 * @returns {Verdict}
 */
export function judgeVitest({ failures, broken }, passing) {
  const by = new Set(
    failures.filter(({ test, message }) => passing.has(test) && !NOT_A_FINDING.test(message)).map(({ test }) => test),
  );
  if (by.size > 0) {
    return { by: [...by] };
  }
  const [first] = failures;
  const otherwise = broken ?? (first ? `${first.test}: ${lastLines(first.message, 3)}` : 'every test passes');
  return { by: [], otherwise };
}

/** What a program of the core's tests prints about a check that does not hold (test/native/check.h). */
const CHECK = /^\S+\.[ch]:\d+: (?:not true: |.+ is .+, not ).*$/gm;

/**
 * Builds a program of the core's tests and runs it.
 * @param {DefectTree} tree
 * @param {string} program also the name of its ctest
 * @param {{ folder: string, report?: RegExp | undefined, env?: NodeJS.ProcessEnv }} options
 *   `folder` where cmake was configured; `report`: what must be found in the output instead of a failed check
 * @returns {Promise<Verdict & { passed: boolean }>}
 */
export async function runCoreIn(tree, program, { folder, report, env = {} }) {
  await makeIn(tree, `${program} does not compile`, [
    ...['cmake', '--build', folder, '--parallel', String(availableParallelism()), '--target', program],
  ]);
  const { code, output } = await runIn(
    tree,
    ['ctest', '--test-dir', folder, '--no-tests=error', '--output-on-failure', '-R', `^${program}$`],
    { env, seconds: 150 },
  );
  const found = code === 0 ? null : report === undefined ? output.match(CHECK) : report.exec(output);
  const [line] = found ?? [];
  return line === undefined
    ? { by: [], passed: code === 0, otherwise: code === 0 ? 'every check holds' : lastLines(output, 5) }
    : { by: [`${program}: ${line.trim().replace(tree.folder, '')}`], passed: false };
}
