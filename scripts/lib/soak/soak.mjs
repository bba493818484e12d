/** A server under a mixed load for a long time: what failed, what it took, and what is left. */
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { startLoad } from '../load/load.mjs';
import { residentBytes } from '../process-facts.mjs';
import { elapsed, say } from '../progress.mjs';
import { unexpectedLines } from './error-log.mjs';
import { FILE, STATIC, kinds } from './kinds.mjs';
import { servers } from './servers.mjs';
import { settle } from './settle.mjs';
import { dieAgainAndAgain, reloadScript, spread, whenAlive } from './upkeep.mjs';

/**
 * @typedef {object} SoakOptions
 * @property {'nginx' | 'apache'} server
 * @property {import('../apache-config.mjs').Mpm} mpm
 * @property {number} workers
 * @property {number} requests after the warm-up
 * @property {number} warmUp requests
 * @property {number} connections
 * @property {number} reloads
 * @property {number} restarts
 * @property {boolean} faults
 * @property {number} seed
 * @property {AbortSignal} signal
 */

/**
 * @typedef {object} Soaked
 * @property {import('../load/clients.mjs').Report} warmUp
 * @property {import('../load/clients.mjs').Report} main
 * @property {import('./settle.mjs').Held} before
 * @property {import('./settle.mjs').Held} after
 * @property {Record<string, number>} deeds reloads, restarts and deaths
 * @property {string[]} problems with them
 * @property {number | null} exitCode of the server, which was asked to leave when all was over
 * @property {Awaited<ReturnType<typeof unexpectedLines>>} log
 */

const DEEDS = ['loop', 'heap', 'exit'];
const PROGRESS_SECONDS = 5;
const MOST_LINES = 20;

/** What the mix brings by itself, and what deaths bring. */
const ordinary = [/TSGI1001 /];
const ofDeaths = [/TSGI(3103|3104|3105|3121|3122|1031|1033|2024|4024) /];

/**
 * @param {SoakOptions} options
 * @returns {Promise<Soaked>}
 */
export async function soak(options) {
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-soak-'));
  const load = startLoad();
  const giveUp = () => load.end();
  options.signal.addEventListener('abort', giveUp);
  try {
    chmodSync(folder, 0o755); // the server's user is another, maybe
    const script = join(folder, 'application.mjs');
    copyFileSync(fileURLToPath(new URL('application.mjs', import.meta.url)), script);
    writeFileSync(join(folder, 'file.bin'), FILE);
    const soaked = await /** @type {NonNullable<typeof servers[string]>} */ (servers[options.server])({
      mounts: mountsOf(script, options.faults),
      ...{ folder, workers: options.workers, mpm: options.mpm },
    });
    return await withServer(soaked, () => run(soaked, load, script, options));
  } finally {
    options.signal.removeEventListener('abort', giveUp);
    load.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} script
 * @param {boolean} faults
 */
const mountsOf = (script, faults) => [
  { path: '/app', script, group: 'app' },
  ...(faults ? DEEDS : []).map((deed) => ({
    ...{ path: `/${deed}`, script, group: deed },
    ...{ stallMs: 1000, memoryMb: 96 },
  })),
];

/**
 * Whatever happens, it is stopped.
 * @template T
 * @param {import('./servers.mjs').SoakedServer} soaked
 * @param {() => Promise<T>} work
 */
async function withServer({ server }, work) {
  let done = false;
  try {
    const result = await work();
    done = true;
    return result;
  } finally {
    if (!done) {
      await server.stop().catch(() => {});
    }
  }
}

/**
 * @param {import('./servers.mjs').SoakedServer} soaked
 * @param {import('../load/load.mjs').Load} load
 * @param {string} script
 * @param {SoakOptions} options
 * @returns {Promise<Soaked>}
 */
async function run(soaked, load, script, options) {
  const { server } = soaked;
  writeFileSync(join(server.root, 'static.txt'), STATIC);
  await whenAlive(server.port, '/app');
  say(`warm-up: ${options.warmUp} requests`);
  const warm = await phase(soaked, load, script, { ...options, requests: options.warmUp, restarts: 0, reloads: 0 });
  const before = await settle(soaked, '/app');
  say(`${options.requests} requests`);
  const main = await phase(soaked, load, script, options);
  const after = await settle(soaked, '/app');
  const exitCode = await server.stop({ signal: soaked.leave, keepFolder: true });
  const expected = [soaked.routine, ...ordinary, ...(options.faults ? ofDeaths : [])];
  const logFile = join(server.folder, 'error.log');
  const log = await unexpectedLines(logFile, { severe: soaked.line, expected, most: MOST_LINES });
  rmSync(server.folder, { recursive: true, force: true });
  const problems = [...warm.problems, ...main.problems];
  return { warmUp: warm.report, main: main.report, before, after, deeds: main.deeds, problems, exitCode, log };
}

/**
 * One load, and everything that is done meanwhile.
 * @param {import('./servers.mjs').SoakedServer} soaked
 * @param {import('../load/load.mjs').Load} load
 * @param {string} script
 * @param {SoakOptions} options
 */
async function phase({ server }, load, script, { requests, connections, reloads, restarts, faults, seed, signal }) {
  const share = () => load.done / requests;
  const job = { port: server.port, connections, requests: 0, kinds, seed, restarting: restarts > 0 };
  const running = load.run(job);
  const reloading = spread({ times: reloads, share, deed: () => reloadScript(server.port, script, '/app') });
  const restarting = spread({ times: restarts, share, deed: () => server.reload() });
  const dying = (faults ? DEEDS : []).map((deed) => dieAgainAndAgain(server.port, `/${deed}`, deed));
  const upkeep = [reloading, restarting, ...dying];
  let over = false;
  void Promise.all([reloading.over, restarting.over]).then(() => (over = true));
  void running.catch(() => (over = true));
  const least = () => share() >= 1 && dying.every(({ count, problems }) => count.done > 0 || problems.length > 0);
  for (let next = elapsed() + PROGRESS_SECONDS; !(over && least()) && !signal.aborted; await pause(20)) {
    if (elapsed() >= next) {
      next += PROGRESS_SECONDS;
      const deeds = `${reloading.count.done} reloads, ${restarting.count.done} restarts`;
      const deaths = dying.reduce((sum, { count }) => sum + count.done, 0);
      const memory = residentIn(server.workerPids());
      say(
        `  ${load.done} requests (${(100 * share()).toFixed(0)} %), ${deeds}, ${deaths} deaths, workers ${memory} MB`,
      );
    }
  }
  signal.throwIfAborted();
  upkeep.forEach((one) => one.stop());
  load.stop();
  const report = await running;
  await Promise.all(upkeep.map((one) => one.over));
  const deaths = Object.fromEntries(dying.map(({ count }, index) => [`deaths by ${DEEDS[index]}`, count.done]));
  return {
    report,
    deeds: { reloads: reloading.count.done, restarts: restarting.count.done, ...deaths },
    problems: upkeep.flatMap(({ problems }) => problems),
  };
}

/** @param {readonly number[]} pids */
function residentIn(pids) {
  return pids.map((pid) => (residentBytes(pid) / 2 ** 20).toFixed(0)).join(' + ');
}
