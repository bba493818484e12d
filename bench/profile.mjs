/** `npm run bench -- --profile`: where the processor's time goes while TSGI answers a workload inside nginx. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProducts } from '../scripts/lib/build.mjs';
import { readCommandLine, readInteger } from '../scripts/lib/command-line.mjs';
import { installPackages } from '../scripts/lib/debian-packages.mjs';
import { UserMistake } from '../scripts/lib/failure.mjs';
import { step } from '../scripts/lib/progress.mjs';
import { makeServerFolder, removeServerFolder } from '../scripts/lib/server-folder.mjs';
import { setUp } from '../scripts/lib/setup.mjs';
import { figuresOf } from './lib/arithmetic.mjs';
import { interruptible } from '../scripts/lib/interrupt.mjs';
import { describeMachine, headingOf } from './lib/machine.mjs';
import { choose, readJsonPath, readSeconds } from './lib/plan.mjs';
import { measureRound, withPeers } from './lib/rounds.mjs';
import { shown } from '../scripts/lib/table.mjs';
import { nginxTsgi, startNginxTsgi } from './peers/nginx-tsgi.mjs';
import { countInstructions } from './profile/callgrind.mjs';
import { Ledger } from './profile/ledger.mjs';
import { readSamples, record, requirePermission } from './profile/perf.mjs';
import { describeProfile, instructionTable, tablesOf } from './profile/report.mjs';
import { readSources } from './profile/stages.mjs';
import { frameworks, workloads } from './workloads.mjs';

const usage = `usage: npm run bench -- --profile [options]

Samples nginx and TSGI under load with perf, as root or where everybody may, and prints the time of one exchange by stage
and thread, by function, and by system call.

  --only NAME      the workload: ${workloads.map(({ name }) => name).join(' or ')}; default hello;
                   without --instructions also ${frameworks.map(({ name }) => name).join(' or ')}
  --connections N  at the same time; default 32
  --duration S     seconds to sample; default 10
  --instructions   counts instructions of the native half instead, by callgrind, on the add-on under the fake host
  --json FILE      writes all of it
  --help           this text
`;

/** V8 compiles what runs often; until then another program is looked at. */
const WARM_UP_SECONDS = 5;

export async function profileMain() {
  const text = { type: /** @type {const} */ ('string') };
  const flag = { type: /** @type {const} */ ('boolean') };
  const { values } = readCommandLine(usage, {
    ...{ profile: flag, instructions: flag, only: text, connections: text, duration: text, json: text },
  });
  const [workload, second] = choose(
    'only',
    values.only ?? 'hello',
    values.instructions ? workloads : [...workloads, ...frameworks],
  );
  if (workload === undefined || second !== undefined) {
    throw new UserMistake('--profile looks at one workload at a time.');
  }
  const json = readJsonPath(values.json);
  const connections = readInteger('connections', values.connections, { least: 1, most: 4000, otherwise: 32 });
  const seconds = readSeconds(values.duration, 10);
  await setUp();
  if (values.instructions) {
    await installPackages(['valgrind']);
    await buildProducts(['typescript', 'addon']);
    return interruptible((signal) => inFolder((folder) => count(workload, folder, json, signal)));
  }
  requirePermission();
  await installPackages(['wrk', 'linux-perf']);
  await buildProducts(['typescript', 'runtime', 'nginx']);
  const how = { connections, seconds };
  return interruptible((signal) => inFolder((folder) => sample(workload, how, folder, json, signal)));
}

/**
 * @param {import('./lib/peer.mjs').Workload} workload
 * @param {{ connections: number, seconds: number }} how
 * @param {string} folder
 * @param {string | undefined} json
 * @param {AbortSignal} signal
 */
async function sample(workload, { connections, seconds }, folder, json, signal) {
  const facts = await describeMachine();
  const ledger = new Ledger(await readSources());
  const samples = join(folder, 'perf.data');
  const round = await withPeers([talkative], { workload, most: connections }, signal, async (candidates) => {
    const candidate = /** @type {import('./lib/rounds.mjs').Candidate} */ (candidates[0]);
    const pids = candidate.running.pids();
    const load = (/** @type {number} */ time) =>
      measureRound(candidate, workload, { connections, seconds: time, signal });
    try {
      await step('warming up', () => load(WARM_UP_SECONDS));
      const [measured] = await step('sampling', () =>
        Promise.all([load(seconds), record(pids, seconds, samples, signal)]),
      );
      await step('reading the samples', () => readSamples(samples, pids, (one) => ledger.add(one)));
      return measured;
    } finally {
      pids.forEach((pid) => rmSync(codeNames(pid), { force: true }));
    }
  });
  const { requestsPerSecond, cpuMicroseconds } = figuresOf(round);
  const result = await describeProfile(ledger, cpuMicroseconds);
  process.stdout.write(
    `${headingOf(facts)}\n${workload.name} (${workload.title}), ${connections} connections: ` +
      `${shown(requestsPerSecond)} requests/s, ${shown(cpuMicroseconds)} µs of CPU time each\n\n${tablesOf(result)}`,
  );
  writeJson(json, { ...facts, workload: workload.name, connections, requestsPerSecond, cpuMicroseconds, ...result });
}

/**
 * @param {import('./lib/peer.mjs').Workload} workload
 * @param {string} folder
 * @param {string | undefined} json
 * @param {AbortSignal} signal
 */
async function count(workload, folder, json, signal) {
  const facts = await describeMachine();
  const counts = await step('callgrind, a minute or two', () => countInstructions(workload, folder, signal));
  process.stdout.write(`${workload.name} (${workload.title}): instructions for each exchange\n\n`);
  process.stdout.write(instructionTable(counts));
  writeJson(json, { ...facts, workload: workload.name, counts });
}

/**
 * @param {(folder: string) => Promise<void>} work
 */
async function inFolder(work) {
  const folder = makeServerFolder('profile', null);
  try {
    await work(folder);
  } finally {
    removeServerFolder(folder);
  }
}

/**
 * @param {string | undefined} path
 * @param {object} content
 */
function writeJson(path, content) {
  if (path !== undefined) {
    writeFileSync(path, `${JSON.stringify({ format: 1, ...content }, null, 2)}\n`);
  }
}

/** TSGI in nginx as it is measured, but V8 tells the names of what it compiles. */
const talkative = {
  ...nginxTsgi,
  start: (/** @type {import('./lib/peer.mjs').Workload} */ workload) =>
    startNginxTsgi(workload, { directives: 'tsgi_node_options --perf-basic-prof;' }),
};

/** Where V8 tells them. */
const codeNames = (/** @type {number} */ pid) => `/tmp/perf-${pid}.map`;
