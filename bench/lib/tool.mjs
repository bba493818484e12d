/** A program that runs beside the servers: it ends when we give up, and when we end ourselves. */
import { spawn } from 'node:child_process';

/**
 * @typedef {object} Tool
 * @property {number} pid
 * @property {Promise<{ code: number | null, said: string }>} ended
 */

/**
 * @param {readonly [string, ...string[]]} command
 * @param {AbortSignal} signal
 * @param {Buffer} [input]
 * @returns {Tool}
 */
export function startTool(command, signal, input) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    detached: true, // Ctrl-C is for us to act on
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {}).end(input);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (said += text));
  }
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  /** @type {Tool['ended']} */
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', kill);
      if (signal.aborted) {
        reject(signal.reason);
      }
      resolve({ code, said });
    });
  });
  return { pid: child.pid ?? 0, ended };
}
