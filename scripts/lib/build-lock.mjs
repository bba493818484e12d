/**
 * One build at a time in one checkout. The lock is held by a `flock` child that waits for the end of its input, so it goes
 * away with us however we end.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailure } from './failure.mjs';
import { build } from './paths.mjs';
import { say } from './progress.mjs';

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withBuildLock(work) {
  mkdirSync(build, { recursive: true });
  const file = join(build, 'lock');
  const holder = (await acquire(file, ['--nonblock'])) ?? (await waitFor(file));
  try {
    return await work();
  } finally {
    holder.stdin.end();
  }
}

/** @param {string} file */
async function waitFor(file) {
  say('another build of this checkout is running; waiting for it');
  const holder = await acquire(file, []);
  if (holder === null) {
    throw new StepFailure(`cannot lock ${file}`, {
      cure: 'the file must be writable, and flock (util-linux) installed',
    });
  }
  return holder;
}

/**
 * @param {string} file
 * @param {readonly string[]} options
 */
function acquire(file, options) {
  const child = spawn('flock', [...options, file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return new Promise((/** @type {(holder: typeof child | null) => void} */ resolve, reject) => {
    child.stdout.once('data', () => resolve(child));
    child.once('error', reject);
    child.once('exit', () => resolve(null));
  });
}
