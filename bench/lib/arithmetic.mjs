/** From the raw figures of rounds to what is shown. */

/**
 * What one round of one peer was seen to do.
 * @typedef {object} Round
 * @property {number} requests completed
 * @property {number} seconds
 * @property {number} bytes received by the load generator
 * @property {number} userSeconds CPU time of all the peer's processes
 * @property {number} systemSeconds the same, in the kernel
 * @property {number} p50 latency in milliseconds
 * @property {number} p99
 */

/**
 * The figures that are shown; all but latencies are compared as well.
 * @typedef {object} Figures
 * @property {number} requestsPerSecond
 * @property {number} cpuMicroseconds for each request
 * @property {number} p50 milliseconds
 * @property {number} p99
 */

/**
 * @param {readonly number[]} values
 * @returns {number} NaN of nothing
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = NaN, above = NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}

/**
 * How far the rounds lie apart: the distance of the extremes, as a part of the median.
 * @param {readonly number[]} values
 */
export function spread(values) {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/**
 * @param {Round} round
 * @returns {Figures}
 */
export function figuresOf({ requests, seconds, userSeconds, systemSeconds, p50, p99 }) {
  return {
    requestsPerSecond: requests / seconds,
    cpuMicroseconds: ((userSeconds + systemSeconds) * 1e6) / requests,
    p50,
    p99,
  };
}

/**
 * @param {readonly Round[]} rounds
 * @returns {Figures}
 */
export function medianFigures(rounds) {
  const figures = rounds.map(figuresOf);
  const middle = (/** @type {keyof Figures} */ name) => median(figures.map((one) => one[name]));
  return {
    requestsPerSecond: middle('requestsPerSecond'),
    cpuMicroseconds: middle('cpuMicroseconds'),
    p50: middle('p50'),
    p99: middle('p99'),
  };
}

/**
 * One peer as a multiple of another. Each round is compared with the round of the other that ran beside it, and the
 * median is taken last: what slows the machine for a while slows both.
 * @param {readonly Round[]} rounds
 * @param {readonly Round[]} others as many
 */
export function ratio(rounds, others) {
  const pairs = rounds.map((round, index) => ({
    own: figuresOf(round),
    other: figuresOf(/** @type {Round} */ (others[index])),
  }));
  return {
    requestsPerSecond: median(pairs.map(({ own, other }) => own.requestsPerSecond / other.requestsPerSecond)),
    cpuMicroseconds: median(pairs.map(({ own, other }) => own.cpuMicroseconds / other.cpuMicroseconds)),
  };
}
