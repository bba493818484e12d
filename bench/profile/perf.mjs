/** Linux perf: what every processor was doing, a few thousand times a second, for the processes of one peer. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { StepFailure } from '../../scripts/lib/failure.mjs';
import { startTool } from '../lib/tool.mjs';

/** Samples a second of each thread; not a divisor of anything the kernel does in step. */
const FREQUENCY = 1999;

/**
 * @typedef {object} Sample
 * @property {string} thread its name; in parentheses when it is only that of the program
 * @property {import('./stages.mjs').Frame[]} frames from the innermost to the outermost that could be told
 */

/** perf would leave the kernel out without a word, and the rest would look larger than it is. */
export function requirePermission() {
  const paranoia = Number(readFileSync('/proc/sys/kernel/perf_event_paranoid', 'latin1'));
  if (process.getuid?.() !== 0 && paranoia > 1) {
    throw new StepFailure('an ordinary user may not look into the kernel here', {
      cure: 'run this as root, or allow it to everybody: sysctl kernel.perf_event_paranoid=1',
    });
  }
}

/**
 * @param {readonly number[]} pids
 * @param {number} seconds
 * @param {string} file
 * @param {AbortSignal} signal
 */
export async function record(pids, seconds, file, signal) {
  // cpu-clock: virtual machines often have no counter of cycles. Call chains by frame pointers: V8's code and libnode's
  // have them, and so has the kernel.
  const options = ['-e', 'cpu-clock', '-F', String(FREQUENCY), '--call-graph', 'fp', '-p', pids.join(), '-o', file];
  const tool = startTool(['perf', 'record', '-q', ...options, '--', 'sleep', String(seconds)], signal);
  const { code, said } = await tool.ended;
  if (code !== 0) {
    throw new StepFailure('perf could not record', { output: said });
  }
}

/**
 * @param {string} file
 * @param {readonly number[]} pids whose samples they are
 * @param {(sample: Sample) => void} take
 */
export async function readSamples(file, pids, take) {
  const options = ['--force', '--no-demangle', '--no-inline', '-F', 'comm,tid,ip,sym,dso', '-i', file];
  const child = spawn('perf', ['script', ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  /** @type {string[]} */
  let lines = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== '') {
      lines.push(line);
    } else if (lines.length > 0) {
      take(parseSample(lines, pids));
      lines = [];
    }
  }
  if (lines.length > 0) {
    take(parseSample(lines, pids));
  }
}

/**
 * @param {readonly string[]} lines of one sample: the thread, then a frame each
 * @param {readonly number[]} pids
 * @returns {Sample}
 */
export function parseSample([heading = '', ...frames], pids) {
  const [, name = '', thread] = /^(.*?)\s+(\d+)\s*$/.exec(heading) ?? [];
  // A thread that nobody named has the name of the program: in nginx, those of V8 and libuv.
  const named = pids.includes(Number(thread)) || name !== 'nginx';
  return {
    thread: named ? name : `(${name})`,
    frames: frames.flatMap((line) => {
      const [, symbol, object] = /^\s+[0-9a-f]+ (.*?) \(([^()\s]+)(?: \(deleted\))?\)$/.exec(line) ?? [];
      return symbol === undefined || object === undefined
        ? []
        : [{ symbol: symbol.replace(/\+0x[0-9a-f]+$/, ''), object }];
    }),
  };
}
