/**
 * Instructions of the native half for each exchange, counted by callgrind. Such counts are the same again tomorrow and on
 * a busy machine, so that a change of one percent is seen; they say nothing of waiting, caches or the kernel.
 *
 * Two runs with different numbers of exchanges are compared: what is done once falls away.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StepFailure } from '../../scripts/lib/failure.mjs';
import { inRepository } from '../../scripts/lib/paths.mjs';
import { startTool } from '../lib/tool.mjs';

const FEWER = 1024;
const MORE = 3072;

/** @typedef {'core' | 'bridge'} Part */
/** @typedef {{ part: Part, name: string, instructions: number }} Count */

/**
 * @param {import('../lib/peer.mjs').Workload} workload
 * @param {string} folder
 * @param {AbortSignal} signal
 * @returns {Promise<Count[]>}
 */
export async function countInstructions(workload, folder, signal) {
  // Side by side: counts do not mind.
  const [fewer, more] = await Promise.all([
    runUnderCallgrind(workload, FEWER, folder, signal),
    runUnderCallgrind(workload, MORE, folder, signal),
  ]);
  return [...more.values()]
    .map(({ part, name, instructions }) => ({
      ...{ part, name },
      instructions: (instructions - (fewer.get(name)?.instructions ?? 0)) / (MORE - FEWER),
    }))
    .sort((a, b) => b.instructions - a.instructions);
}

/**
 * @param {import('../lib/peer.mjs').Workload} workload
 * @param {number} exchanges
 * @param {string} folder
 * @param {AbortSignal} signal
 */
async function runUnderCallgrind(workload, exchanges, folder, signal) {
  const file = join(folder, `callgrind.${exchanges}`);
  // V8 writes code while it runs: `smc-check` makes valgrind notice.
  const options = ['--tool=callgrind', `--callgrind-out-file=${file}`, '--smc-check=all-non-file'];
  const program = [process.execPath, inRepository('bench/profile/exchanges.mjs'), workload.name, String(exchanges)];
  const { code, said } = await startTool(['valgrind', '-q', ...options, ...program], signal).ended;
  if (code !== 0) {
    throw new StepFailure(`exchanges under callgrind (exit code ${code})`, { output: said });
  }
  return parseCounts(readFileSync(file, 'latin1'));
}

/**
 * Reads callgrind's format: what each function of tsgi.node did itself, by the source file it stands in.
 * @param {string} text
 * @returns {Map<string, Count>} by name
 */
export function parseCounts(text) {
  /** @type {Map<string, Count>} */
  const counts = new Map();
  /** @type {Record<string, Map<string, string>>} names are written out once, and numbered */
  const names = { ob: new Map(), file: new Map(), fn: new Map() };
  /** @type {Record<string, string>} */
  const current = { ob: '', file: '', fn: '' };
  let isCall = false;
  for (const line of text.split('\n')) {
    const [, kind, number = '', spelled] = /^(c?ob|c?fl|cfi|fi|fe|c?fn)=(\(\d+\))(?: (.*))?$/.exec(line) ?? [];
    if (kind !== undefined) {
      const table = kind.endsWith('ob') ? 'ob' : kind.endsWith('fn') ? 'fn' : 'file';
      const known = /** @type {Map<string, string>} */ (names[table]);
      if (spelled !== undefined) {
        known.set(number, spelled);
      }
      if (!kind.startsWith('c')) {
        current[table] = known.get(number) ?? '';
      }
    } else if (line.startsWith('calls=')) {
      isCall = true; // the next line counts what the callee did
    } else if (/^[-+*\d]/.test(line)) {
      if (!isCall) {
        add(counts, current, Number(line.slice(line.indexOf(' ') + 1)));
      }
      isCall = false;
    }
  }
  return counts;
}

/**
 * @param {Map<string, Count>} counts
 * @param {Record<string, string>} place
 * @param {number} instructions
 */
function add(counts, { ob = '', file = '', fn = '' }, instructions) {
  if (basename(ob) !== 'tsgi.node') {
    return;
  }
  // What has no file of ours is a header of node-addon-api, which the bridge uses, or a jump to Node-API.
  const [, source = basename(file)] = /\/(native\/.*)$/.exec(file) ?? [];
  const bare = fn.replaceAll('(anonymous namespace)', '{anonymous}').replace(/\(.*|'\d+$/, '');
  const name = `${source} ${bare}`;
  /** @type {Part} */
  const part = source.startsWith('native/core/') ? 'core' : 'bridge';
  const count = counts.get(name) ?? { part, name, instructions: 0 };
  counts.set(name, count);
  count.instructions += instructions;
}
