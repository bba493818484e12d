/** A result: what was measured of one workload with so many connections, and how it is printed. */
import { figuresOf, medianFigures, ratio, spread } from './arithmetic.mjs';
import { inColumns, shown, shownTime } from '../../scripts/lib/table.mjs';

/**
 * @typedef {object} Row
 * @property {string} peer its name
 * @property {string} title
 * @property {import('./arithmetic.mjs').Figures} median
 * @property {{ requestsPerSecond: number, cpuMicroseconds: number } | null} toProxy null: that peer has no part in this
 * @property {{ requestsPerSecond: number, cpuMicroseconds: number } | null} toLimit
 * @property {{ requestsPerSecond: number, cpuMicroseconds: number }} spread
 * @property {import('./arithmetic.mjs').Round} warmUp
 * @property {import('./arithmetic.mjs').Round[]} rounds
 */

/** @typedef {{ workload: string, title: string, connections: number, proxy: string, limit: string, rows: Row[] }} Result */

/**
 * @param {import('./peer.mjs').Workload} workload
 * @param {number} connections
 * @param {import('../line-ups.mjs').LineUp} lineUp
 * @param {readonly import('./rounds.mjs').Measured[]} measured of any line-up
 * @returns {Result}
 */
export function resultOf(workload, connections, { peers, proxy, limit }, measured) {
  const roundsOf = (/** @type {import('./peer.mjs').Peer} */ peer) => measured.find((one) => one.peer === peer)?.rounds;
  const rows = measured
    .filter(({ peer }) => peers.includes(peer))
    .map(({ peer: { name, title }, warmUp, rounds }) => ({
      peer: name,
      title,
      median: medianFigures(rounds),
      toProxy: ratioTo(rounds, roundsOf(proxy.peer)),
      toLimit: ratioTo(rounds, roundsOf(limit.peer)),
      spread: {
        requestsPerSecond: spread(rounds.map((round) => figuresOf(round).requestsPerSecond)),
        cpuMicroseconds: spread(rounds.map((round) => figuresOf(round).cpuMicroseconds)),
      },
      warmUp,
      rounds,
    }));
  const { name, title } = workload;
  return { workload: name, title, connections, proxy: proxy.name, limit: limit.name, rows };
}

/**
 * @param {readonly import('./arithmetic.mjs').Round[]} rounds
 * @param {readonly import('./arithmetic.mjs').Round[] | undefined} others
 */
const ratioTo = (rounds, others) => (others === undefined ? null : ratio(rounds, others));

/** @param {Result} result */
export function tableOf({ workload, title, connections, proxy, limit, rows }) {
  const ratios = [`× ${proxy}`, `× ${limit}`];
  const heading = ['', 'requests/s', ...ratios, '± %', 'CPU µs/request', ...ratios, '± %', 'p50 ms', 'p99 ms'];
  const lines = rows.map(({ title: peer, median, toProxy, toLimit, spread: apart }) => [
    peer,
    shown(median.requestsPerSecond),
    shown(toProxy?.requestsPerSecond ?? NaN),
    shown(toLimit?.requestsPerSecond ?? NaN),
    percent(apart.requestsPerSecond / 2),
    shown(median.cpuMicroseconds),
    shown(toProxy?.cpuMicroseconds ?? NaN),
    shown(toLimit?.cpuMicroseconds ?? NaN),
    percent(apart.cpuMicroseconds / 2),
    shownTime(median.p50),
    shownTime(median.p99),
  ]);
  const many = connections === 1 ? '1 connection' : `${connections} connections`;
  return `${workload} (${title}), ${many}\n${inColumns([heading, ...lines])}`;
}

const percent = (/** @type {number} */ part) => (part * 100).toFixed(0);
