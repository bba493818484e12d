#!/usr/bin/env node
/** `npm run bench`: TSGI beside its peers, in ratios. README.md in this folder says how to read them. */
import { writeFileSync } from 'node:fs';
import { buildProducts } from '../scripts/lib/build.mjs';
import { readCommandLine } from '../scripts/lib/command-line.mjs';
import { installPackages } from '../scripts/lib/debian-packages.mjs';
import { runMain } from '../scripts/lib/failure.mjs';
import { say, step } from '../scripts/lib/progress.mjs';
import { setUp } from '../scripts/lib/setup.mjs';
import { interruptible } from '../scripts/lib/interrupt.mjs';
import { describeMachine, headingOf } from './lib/machine.mjs';
import { makePlan, readJsonPath, secondsOf, warmUpSeconds } from './lib/plan.mjs';
import { resultOf, tableOf } from './lib/result.mjs';
import { measure, withPeers } from './lib/rounds.mjs';
import { frameworkLineUps, lineUps } from './line-ups.mjs';
import { profileMain } from './profile.mjs';
import { frameworks, workloads } from './workloads.mjs';

const namesOf = (/** @type {readonly { name: string }[]} */ all) => all.map(({ name }) => name).join(',');
const peersOf = (/** @type {typeof lineUps} */ all) => [...new Set(all.flatMap((lineUp) => lineUp.peers))];

const usage = `usage: npm run bench [-- options]

Measures TSGI beside its peers on this machine and prints a table for each workload and number of connections. Rounds are
interleaved and medians shown; bench/README.md says how to read them.

  --quick          a look in less than a minute: fewer rounds, shorter, with 32 connections only
  --frameworks     applications of frameworks, each in one file that listens: behind the servers and inside them
  --only NAMES     some workloads: ${namesOf(workloads)};
                   of --frameworks ${namesOf(frameworks)}
  --peers NAMES    some peers: ${namesOf(peersOf(lineUps))};
                   of --frameworks ${namesOf(peersOf(frameworkLineUps))}
  --connections N  other numbers of connections than each workload has, with commas between
  --rounds N       rounds that count; one more comes before them; default 5, with --quick 2
  --duration S     seconds of each round of each peer; default 2, with --quick 0.2
  --json FILE      writes everything, with the raw figures of each round
  --profile        where the time of one exchange goes, instead; \`npm run bench -- --profile --help\` tells more
  --help           this text
`;

/** Processes that want to run, before any of ours does, from which on figures mean little. */
const BUSY = 0.5;

async function main() {
  const text = { type: /** @type {const} */ ('string') };
  const flag = { type: /** @type {const} */ ('boolean') };
  const { values } = readCommandLine(usage, {
    ...{ quick: flag, frameworks: flag, only: text, peers: text, connections: text, rounds: text, duration: text },
    json: text,
  });
  const plan = makePlan(values);
  const json = readJsonPath(values.json);
  await setUp();
  await installPackages(['wrk', ...plan.peers.flatMap(({ packages = [] }) => packages)]);
  await buildProducts(['typescript', 'runtime', 'nginx']);
  return interruptible((signal) => bench(plan, json, signal));
}

/**
 * @param {import('./lib/plan.mjs').Plan} plan
 * @param {string | undefined} json
 * @param {AbortSignal} signal
 */
async function bench(plan, json, signal) {
  const facts = await describeMachine();
  process.stdout.write(`${headingOf(facts)}\n`);
  if (facts.machine.load > BUSY) {
    say('this machine is busy with other things; its figures will not be worth much');
  }
  say(`measuring takes about ${Math.round(secondsOf(plan))} s, and some more to start and stop servers`);
  /** @type {import('./lib/result.mjs').Result[]} */
  const results = [];
  for (const { workload, connections } of plan.loads) {
    const able = plan.peers.filter((peer) => peer.serves(workload));
    await withPeers(able, { workload, most: Math.max(...connections) }, signal, async (candidates) => {
      for (const [index, count] of connections.entries()) {
        const settings = { ...plan, warmUpSeconds: warmUpSeconds(plan, index === 0), signal };
        const title = `${workload.name}, ${count} ${count === 1 ? 'connection' : 'connections'}`;
        const measured = await step(title, () => measure(candidates, workload, count, settings));
        for (const lineUp of plan.lineUps) {
          const result = resultOf(workload, count, lineUp, measured);
          results.push(result);
          process.stdout.write(`${tableOf(result)}\n`);
        }
      }
    });
  }
  if (json !== undefined) {
    const settings = { rounds: plan.rounds, seconds: plan.seconds };
    writeFileSync(json, `${JSON.stringify({ format: 1, ...facts, settings, results }, null, 2)}\n`);
  }
}

await runMain(process.argv.includes('--profile') ? profileMain : main);
