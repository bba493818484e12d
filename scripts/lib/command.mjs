/** Other programs, run to their end. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { StepFailure } from './failure.mjs';
import { logs, repository } from './paths.mjs';

const TAIL_LINES = 25;

/** What timeout(1) answers with. */
const TIMED_OUT = 124;

/** Output goes to files first of all. */
const colourless = { NO_COLOR: '1', FORCE_COLOR: undefined };

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string }} Outcome */

/**
 * Runs a program and returns what it said; its exit code is the caller's affair.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Outcome>}
 */
export function capture(program, args, { cwd = repository, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/**
 * Is this program on the PATH?
 * @param {string} program
 */
export async function isInstalled(program) {
  const { code } = await capture('sh', ['-c', 'command -v "$1"', 'sh', program]);
  return code === 0;
}

/**
 * Runs a program whose output goes to `build/logs/<log>.log`, and fails the step with the last lines of it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ log: string, what: string, cure?: string, cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean,
 *   append?: boolean, accept?: (code: number | null) => boolean, seconds?: number }} options
 *   `seconds`: how long the program may take before it is ended together with every process it has started
 */
export async function run(program, args, options) {
  const { log, what, cure, cwd = repository, env = process.env, show = false, append = false, seconds } = options;
  const accept = options.accept ?? ((code) => code === 0);
  mkdirSync(logs, { recursive: true });
  const path = join(logs, `${log}.log`);
  const file = createWriteStream(path, { flags: append ? 'a' : 'w' });
  file.write(`$ ${[program, ...args].join(' ')}\n`);

  const bounded = seconds === undefined ? [] : ['timeout', '--kill-after=10', String(seconds)];
  const [first = program, ...rest] = [...bounded, program, ...args];
  const child = spawn(first, rest, { cwd, env: { ...env, ...colourless }, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(file, { end: false });
    if (show) {
      stream.pipe(process.stderr, { end: false });
    }
  }
  const { code, problem } = await new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, problem: error.message }));
    child.on('close', (status, signal) =>
      resolve({ code: status, problem: signal ? `ended by ${signal}` : `exit code ${status}` }),
    );
  });
  await new Promise((resolve) => file.end(resolve));

  if (!accept(code)) {
    const tooLong = seconds !== undefined && code === TIMED_OUT;
    throw new StepFailure(`${what} (${program}: ${tooLong ? `not done within ${seconds} s` : problem})`, {
      output: show ? undefined : lastLines(readFileSync(path, 'utf8')),
      log: relative(repository, path),
      cure,
    });
  }
  return code;
}

/**
 * @param {string} text
 * @param {number} [count]
 */
export function lastLines(text, count = TAIL_LINES) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
