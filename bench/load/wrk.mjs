/** Load by wrk: so many connections, each with one request at a time, as fast as they are answered. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { StepFailure } from '../../scripts/lib/failure.mjs';
import { inRepository } from '../../scripts/lib/paths.mjs';
import { until } from '../../scripts/lib/probe.mjs';
import { startTool } from '../lib/tool.mjs';

/**
 * One that loads a peer: it resolves with what was completed, and fails when anything went wrong.
 * @typedef {(port: number, request: import('../lib/peer.mjs').Request, how: LoadSettings) => Promise<LoadFigures>} Load
 */

/** @typedef {{ connections: number, seconds: number, signal: AbortSignal }} LoadSettings */

/** @typedef {{ requests: number, seconds: number, bytes: number, p50: number, p99: number }} LoadFigures */

/** More would take processor time from the servers, on a machine of two cores; one drives 100,000 requests a second. */
const THREADS = 1;

/** Far beyond what any answer takes: an answer that comes late is a figure, not an error. */
const TIMEOUT_SECONDS = 30;

const SIGINT_CAUGHT = 1n << 1n; // in the mask SigCgt of /proc/PID/status

/** @type {Load} */
export async function wrk(port, { method, path, fields = [], body }, { connections, seconds, signal }) {
  // wrk counts in whole seconds, and ends early, in good order, on SIGINT.
  const args = [`-t${THREADS}`, `-c${connections}`, `-d${Math.ceil(seconds)}s`, `--timeout=${TIMEOUT_SECONDS}s`];
  const script = ['-s', inRepository('bench/load/wrk.lua')];
  const url = `http://127.0.0.1:${port}${path}`;
  const tool = startTool(['wrk', ...args, ...script, url, '--', method, ...fields.flat()], signal, body);
  if (!Number.isInteger(seconds)) {
    await Promise.race([tool.ended, interruptAfter(seconds, tool.pid, signal)]);
  }
  const { code, said } = await tool.ended;
  if (code !== 0) {
    throw new StepFailure(`wrk failed (exit code ${code})`, { output: said });
  }
  return parseFigures(said);
}

/**
 * What wrk.lua makes of a run.
 * @param {string} said
 * @returns {LoadFigures}
 */
export function parseFigures(said) {
  const [, line] = /^figures (\{.*\})$/m.exec(said) ?? [];
  if (line === undefined) {
    throw new StepFailure('wrk gave no figures', { output: said });
  }
  const { requests, microseconds, bytes, p50, p99, errors } = JSON.parse(line);
  const complaints = [
    [errors.status, 'answers with a status of 400 or more'],
    [errors.connect, 'connections that were refused'],
    [errors.read, 'connections that broke while reading'],
    [errors.write, 'connections that broke while writing'],
    [errors.timeout, `answers that took more than ${TIMEOUT_SECONDS} s`],
  ].flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
  if (complaints.length > 0) {
    throw new StepFailure(`wrk saw ${complaints.join(', ')}`);
  }
  if (requests === 0) {
    throw new StepFailure('wrk saw no answer at all');
  }
  return { requests, seconds: microseconds / 1e6, bytes, p50: p50 / 1000, p99: p99 / 1000 };
}

/**
 * @param {number} seconds
 * @param {number} pid
 * @param {AbortSignal} signal
 */
async function interruptAfter(seconds, pid, signal) {
  await pause(seconds * 1000, undefined, { signal });
  await until(() => catchesInterrupt(pid), { what: 'wrk begins', seconds: 10 });
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It has ended by itself.
  }
}

/** @param {number} pid */
function catchesInterrupt(pid) {
  try {
    const [, mask = '0'] = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return (BigInt(`0x${mask}`) & SIGINT_CAUGHT) !== 0n;
  } catch {
    return true; // it has ended
  }
}
