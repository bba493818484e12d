/** What a server holds when nobody asks for anything any more. */
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../probe.mjs';
import { factsOf } from '../process-facts.mjs';
import { ask } from './ask.mjs';

/** @typedef {import('../process-facts.mjs').ProcessFacts} ProcessFacts */

/** @typedef {{ master: ProcessFacts, workers: ProcessFacts[], live: string }} Held `live`: '' is nothing */

const QUIET_SECONDS = 30;
const MOST_ROUNDS = 50;
const LOOKS = 5;

/**
 * Has every process collect its garbage first.
 * @param {import('./servers.mjs').SoakedServer} soaked
 * @param {string} mount of the application
 * @returns {Promise<Held>}
 */
export async function settle(soaked, mount) {
  const { server } = soaked;
  let live = await whenQuiet(soaked);
  await askEach(server, `${mount}/collect`, () => true);
  const left = await askEach(server, `${mount}/state`, (state) => state.live === 0);
  live ||= left === 0 ? await whenQuiet(soaked) : `${left} exchanges`;
  const looks = [];
  for (let count = 0; count < LOOKS; count++) {
    looks.push(server.workerPids().map(factsOf));
    await pause(50);
  }
  return { master: factsOf(server.masterPid), workers: fewestDescriptors(looks), live };
}

/**
 * A process may have the connection in hand by which we asked whether it is quiet.
 * @param {ProcessFacts[][]} looks
 * @returns {ProcessFacts[]}
 */
function fewestDescriptors(looks) {
  return (looks.at(-1) ?? []).map((last) =>
    looks
      .flat()
      .filter(({ pid }) => pid === last.pid)
      .reduce((least, one) => (one.descriptors < least.descriptors ? one : least), last),
  );
}

/** @param {import('./servers.mjs').SoakedServer} soaked */
async function whenQuiet({ live }) {
  let last = '';
  try {
    await until(async () => (last = await live()) === '', { what: 'quiet', seconds: QUIET_SECONDS });
    return '';
  } catch {
    return last;
  }
}

/**
 * Asks until each process has given an answer that is good. Which of them takes a connection is not ours to say.
 * @param {import('../server-process.mjs').RunningServer} server
 * @param {string} path
 * @param {(state: { pid: number, live: number }) => boolean} good
 * @returns {Promise<number>} what is live in those that have not, at least 1 for each
 */
async function askEach(server, path, good) {
  /** @type {Map<number, number>} */
  const bad = new Map(server.workerPids().map((pid) => [pid, 1]));
  // Several at once would count each other as live.
  const atOnce = path.endsWith('/collect') ? bad.size : 1;
  for (let round = 0; round < MOST_ROUNDS * bad.size && bad.size > 0; round++) {
    const answers = await Promise.all(Array.from({ length: atOnce }, () => ask(server.port, path)));
    for (const { status, text } of answers) {
      if (status === 200) {
        const state = JSON.parse(text);
        bad.set(state.pid, Math.max(1, state.live));
        if (good(state)) {
          bad.delete(state.pid);
        }
      }
    }
    await pause(10);
  }
  return [...bad.values()].reduce((sum, count) => sum + count, 0);
}
