/**
 * Applications that loop, take all memory and exit, again and again, inside one server: what their clients are told, and
 * how long a static file of the same server takes meanwhile, beside how long it takes when nothing happens, and at the same
 * time from an idle server of the same machine, which has the same processors and the same clients, and no applications.
 */
import { copyFileSync, mkdtempSync, chmodSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLoad } from '../load/load.mjs';
import { say } from '../progress.mjs';
import { unexpectedLines } from '../soak/error-log.mjs';
import { STATIC, kinds } from '../soak/kinds.mjs';
import { servers } from '../soak/servers.mjs';
import { die, noDeaths, whenAlive } from './deaths.mjs';

/** @typedef {'loop' | 'heap' | 'exit'} Deed */

/**
 * @typedef {object} SurvivalOptions
 * @property {'nginx' | 'apache'} server
 * @property {import('../apache-config.mjs').Mpm} mpm
 * @property {Record<Deed, number>} deaths
 * @property {number} windows pairs of them: one quiet, one with deaths
 * @property {number} quietSeconds
 */

/** @typedef {{ requests: number, p50: number, p99: number, max: number }} Figures of static files, in milliseconds */

/** @typedef {{ own: Figures, idle: Figures }} Window the server with applications, and at the same time the one without */

/**
 * @typedef {object} Survived
 * @property {Record<Deed, import('./deaths.mjs').Tally>} tallies
 * @property {{ quiet: Window, deadly: Window }[]} windows
 * @property {string[]} failures of static files
 * @property {boolean} same the processes of the server are those of before
 * @property {number | null} exitCode of the server
 * @property {Awaited<ReturnType<typeof unexpectedLines>>} log
 */

/** So many that the pause of one after its deaths, which grows to ten seconds, passes while others die. */
const DEATHS_OF_A_GROUP = 3;
const MOST_GROUPS = 10;

const STALL_MS = 1000;
const MEMORY_MB = 96;

/** Static files: so many clients of each server, each of which asks so often. */
const CLIENTS = 2;
const EVERY_MS = 4;

/** What deaths bring. */
const expected = [/TSGI(3103|3104|3105|3121|3122|1031|1033|2024|4024) /];

/** @type {readonly Deed[]} */
const deeds = ['loop', 'heap', 'exit'];

/**
 * @param {SurvivalOptions} options
 * @returns {Promise<Survived>}
 */
export async function survive(options) {
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-survival-'));
  const load = startLoad();
  try {
    chmodSync(folder, 0o755); // the server's user is another, maybe
    const script = join(folder, 'application.mjs');
    copyFileSync(fileURLToPath(new URL('../soak/application.mjs', import.meta.url)), script);
    const mounts = mountsOf(script, options.deaths);
    const start = /** @type {NonNullable<typeof servers[string]>} */ (servers[options.server]);
    const settings = { folder, workers: 1, mpm: options.mpm };
    const idle = await start({ ...settings, mounts: [], folder: mkdtempSync(join(folder, 'idle-')) });
    try {
      const soaked = await start({ ...settings, mounts });
      try {
        return await run({ soaked, idle, load }, options);
      } catch (error) {
        await soaked.server.stop().catch(() => {});
        throw error;
      }
    } finally {
      await idle.server.stop();
    }
  } finally {
    load.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Of each deed so many applications that one may rest while others die.
 * @param {Deed} deed
 * @param {Record<Deed, number>} deaths
 */
function namesOf(deed, deaths) {
  const groups = Math.min(MOST_GROUPS, Math.ceil(deaths[deed] / DEATHS_OF_A_GROUP));
  return Array.from({ length: groups }, (_, index) => `${deed}-${index}`);
}

/**
 * @param {string} script
 * @param {Record<Deed, number>} deaths
 */
const mountsOf = (script, deaths) =>
  deeds.flatMap((deed) =>
    namesOf(deed, deaths).map((name) => ({
      ...{ path: `/${name}`, script, group: name },
      ...{ stallMs: STALL_MS, memoryMb: MEMORY_MB },
    })),
  );

/**
 * @typedef {object} Ground
 * @property {import('../soak/servers.mjs').SoakedServer} soaked
 * @property {import('../soak/servers.mjs').SoakedServer} idle
 * @property {import('../load/load.mjs').Load} load
 */

/**
 * @param {Ground} ground
 * @param {SurvivalOptions} options
 * @returns {Promise<Survived>}
 */
async function run(ground, { deaths, windows, quietSeconds }) {
  const { soaked, idle } = ground;
  const { server } = soaked;
  writeFileSync(join(server.root, 'static.txt'), STATIC);
  writeFileSync(join(idle.server.root, 'static.txt'), STATIC);
  const tallies = { loop: noDeaths(), heap: noDeaths(), exit: noDeaths() };
  const names = deeds.flatMap((deed) => namesOf(deed, deaths));
  say(`  ${names.length} applications come up`);
  for (const name of names) {
    await whenAlive(server.port, `/${name}`, noDeaths());
  }
  const before = [server.masterPid, ...server.workerPids()];
  const measured = [];
  /** @type {string[]} */
  const failures = [];
  for (let window = 1; window <= windows; window++) {
    const quiet = await staticFiles(ground, failures, () => seconds(quietSeconds));
    const deadly = await staticFiles(ground, failures, () => dieUpTo(server.port, deaths, tallies, window / windows));
    measured.push({ quiet, deadly });
    say(
      `  window ${window} of ${windows}: ${deeds.map((deed) => `${tallies[deed].deaths} by ${deed}`).join(', ')}; ` +
        `p99 of static files ${quiet.own.p99.toFixed(2)} ms without, ${deadly.own.p99.toFixed(2)} ms with deaths, ` +
        `${deadly.idle.p99.toFixed(2)} ms from the idle server`,
    );
  }
  const same = String([server.masterPid, ...server.workerPids()]) === String(before);
  const exitCode = await server.stop({ signal: soaked.leave, keepFolder: true });
  const log = await unexpectedLines(join(server.folder, 'error.log'), {
    ...{ severe: soaked.line, expected: [soaked.routine, ...expected], most: 20 },
  });
  rmSync(server.folder, { recursive: true, force: true });
  return { tallies, windows: measured, failures, same, exitCode, log };
}

/**
 * Deaths until so many of the whole have been died: one at a time, by each deed in turn, of each application in turn. They
 * come back meanwhile, and all have when it is over.
 * @param {number} port
 * @param {Record<Deed, number>} deaths
 * @param {Survived['tallies']} tallies
 * @param {number} share
 */
async function dieUpTo(port, deaths, tallies, share) {
  const isDue = (/** @type {Deed} */ deed) => tallies[deed].deaths < Math.round(deaths[deed] * share);
  /** @type {Map<string, Promise<void>>} */
  const coming = new Map();
  while (deeds.some(isDue)) {
    for (const deed of deeds.filter(isDue)) {
      const names = namesOf(deed, deaths);
      const mount = `/${names[tallies[deed].deaths % names.length]}`;
      await coming.get(mount);
      const { back } = await die(port, mount, deed, tallies[deed]);
      back.catch(() => {}); // it is awaited later
      coming.set(mount, back);
    }
  }
  await Promise.all(coming.values());
}

/**
 * Static files for as long as something lasts.
 * @param {Ground} ground
 * @param {string[]} failures
 * @param {() => Promise<unknown>} meanwhile
 * @returns {Promise<Window>}
 */
async function staticFiles({ soaked, idle, load }, failures, meanwhile) {
  const running = load.runTogether(
    [soaked, idle].map(({ server: { port } }) => ({
      ...{ port, connections: CLIENTS, everyMs: EVERY_MS, requests: 0, seed: 1 },
      kinds: kinds.filter(({ name }) => name === 'static file'),
    })),
  );
  running.catch(() => {}); // it is awaited below
  await meanwhile();
  load.stop();
  const [own, beside] = /** @type {[Report, Report]} */ (await running);
  return { own: figuresOf(own, failures), idle: figuresOf(beside, failures) };
}

/** @typedef {import('../load/clients.mjs').Report} Report */

/**
 * @param {Report} report
 * @param {string[]} failures
 * @returns {Figures}
 */
function figuresOf({ requests, kinds: figures, failures: failed }, failures) {
  failures.push(...failed.map(({ problem, count }) => `${count} x static file: ${problem}`));
  const { p50 = NaN, p99 = NaN, max = NaN } = figures['static file'] ?? {};
  return { requests, p50, p99, max };
}

/** @param {number} count */
const seconds = (count) => new Promise((resolve) => setTimeout(resolve, count * 1000));
