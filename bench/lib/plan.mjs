/** From the command line to what is to be measured. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readInteger } from '../../scripts/lib/command-line.mjs';
import { UserMistake } from '../../scripts/lib/failure.mjs';
import { frameworkLineUps, lineUps } from '../line-ups.mjs';
import { frameworks as frameworkWorkloads, workloads } from '../workloads.mjs';

const MOST_CONNECTIONS = 4000; // what peers/nginx.conf has room for

/** A round of less is mostly the beginning and the end of a round. */
const SHORTEST_ROUND = 0.2;
const LONGEST_ROUND = 60;

/** Least time under load that a server gets before it is measured: V8 compiles what runs often, and that takes a while. */
const SHORTEST_START = 0.5;

const defaults = {
  full: { rounds: 5, seconds: 2 },
  quick: { rounds: 2, seconds: 0.2 }, // half of its minute goes to starting and stopping servers
};

/**
 * @typedef {object} Wish
 * @property {boolean | undefined} [quick]
 * @property {boolean | undefined} [frameworks] instead of the other workloads
 * @property {string | undefined} [only]
 * @property {string | undefined} [peers]
 * @property {string | undefined} [connections]
 * @property {string | undefined} [rounds]
 * @property {string | undefined} [duration]
 */

/**
 * @typedef {object} Plan
 * @property {number} rounds that count
 * @property {number} seconds of each
 * @property {import('../line-ups.mjs').LineUp[]} lineUps
 * @property {import('./peer.mjs').Peer[]} peers all that are in a line-up
 * @property {Array<{ workload: import('./peer.mjs').Workload, connections: readonly number[] }>} loads
 */

/**
 * @param {Wish} wish
 * @returns {Plan}
 */
export function makePlan({ quick = false, frameworks = false, only, peers, connections, rounds, duration }) {
  const otherwise = quick ? defaults.quick : defaults.full;
  const [allLoads, allLineUps] = frameworks ? [frameworkWorkloads, frameworkLineUps] : [workloads, lineUps];
  const everyPeer = [...new Set(allLineUps.flatMap((lineUp) => lineUp.peers))];
  const chosenPeers = choose('peers', peers, everyPeer);
  const numbers = connections?.split(',').map((text) => readConnections(text));
  return {
    rounds: readInteger('rounds', rounds, { least: 1, most: 1000, otherwise: otherwise.rounds }),
    seconds: readSeconds(duration, otherwise.seconds),
    lineUps: allLineUps.filter((lineUp) => lineUp.peers.some((peer) => chosenPeers.includes(peer))),
    peers: chosenPeers,
    loads: choose('only', only, allLoads).map((workload) => ({
      workload,
      connections: numbers ?? (quick ? workload.quickConnections : workload.connections),
    })),
  };
}

/**
 * The round before those that count, for servers that have just started and for such as have been measured already.
 * @param {Plan} plan
 * @param {boolean} first
 */
export function warmUpSeconds({ seconds }, first) {
  return first ? Math.max(seconds, SHORTEST_START) : seconds;
}

/**
 * How long it takes, without starting and stopping servers.
 * @param {Plan} plan
 */
export function secondsOf(plan) {
  const { peers, loads, rounds, seconds } = plan;
  const each = loads.map(({ workload, connections }) => {
    const counted = connections.map((_, index) => warmUpSeconds(plan, index === 0) + rounds * seconds);
    return peers.filter((peer) => peer.serves(workload)).length * counted.reduce((sum, part) => sum + part, 0);
  });
  return each.reduce((sum, part) => sum + part, 0);
}

/**
 * Those of a list that are named; all of them when none is.
 * @template {{ name: string }} T
 * @param {string} option
 * @param {string | undefined} names separated by commas
 * @param {readonly T[]} all
 */
export function choose(option, names, all) {
  const wanted = names?.split(',') ?? all.map(({ name }) => name);
  const unknown = wanted.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) {
    const known = all.map(({ name }) => name).join(', ');
    throw new UserMistake(`--${option} takes some of ${known}, with commas between, and \`${unknown}\` is none.`);
  }
  return all.filter(({ name }) => wanted.includes(name));
}

/**
 * Where --json writes: known before anything is measured for ten minutes.
 * @param {string | undefined} path
 */
export function readJsonPath(path) {
  if (path === undefined) {
    return undefined;
  }
  const absolute = resolve(process.env['INIT_CWD'] ?? '.', path);
  if (!existsSync(dirname(absolute))) {
    throw new UserMistake(`There is no folder for the file ${path}.`);
  }
  return absolute;
}

/** @param {string} text */
function readConnections(text) {
  return readInteger('connections', text, { least: 1, most: MOST_CONNECTIONS, otherwise: 1 });
}

/**
 * @param {string | undefined} text
 * @param {number} otherwise
 */
export function readSeconds(text, otherwise) {
  const seconds = text === undefined ? otherwise : Number(text);
  if (!(seconds >= SHORTEST_ROUND && seconds <= LONGEST_ROUND)) {
    throw new UserMistake(
      `--duration takes seconds from ${SHORTEST_ROUND} to ${LONGEST_ROUND}, and \`${text}\` is none.`,
    );
  }
  return seconds;
}
