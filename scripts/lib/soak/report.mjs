/** What a soak has found, in words and tables, and whether that will do. */
import { inColumns, shown, shownTime } from '../table.mjs';

/** @typedef {import('./soak.mjs').Soaked} Soaked */
/** @typedef {import('../process-facts.mjs').ProcessFacts} ProcessFacts */

/** @typedef {{ growth: number, connections: number }} Limits `growth`: percent by which a worker may grow */

const whole = (/** @type {number} */ count) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
const megabytes = (/** @type {number} */ bytes) => (bytes / 2 ** 20).toFixed(1);
const growthOf = (/** @type {ProcessFacts} */ before, /** @type {ProcessFacts} */ after) =>
  (100 * (after.bytes - before.bytes)) / before.bytes;

/**
 * @param {Soaked} soaked
 * @param {Limits} limits
 * @returns {string[]} one sentence for each thing that should not be
 */
export function faultsOf({ warmUp, main, before, after, problems, exitCode, log }, { growth, connections }) {
  const faults = [...warmUp.failures, ...main.failures].map(
    ({ kind, problem, count, at }) => `${whole(count)} x ${kind}: ${problem} (first at ${at})`,
  );
  faults.push(...problems);
  if (after.workers.length === 0) {
    faults.push('no worker is left'); // how many there are may be httpd's own affair
  }
  for (const [old, now] of pairs(before, after)) {
    const name = `worker ${now.pid}`;
    if (growthOf(old, now) >= growth) {
      faults.push(`${name} has grown by ${growthOf(old, now).toFixed(1)} %, and ${growth} % is too much`);
    }
    const others = now.descriptors - now.wakes - (old.descriptors - old.wakes);
    if (others > 0 || now.wakes > old.wakes + connections) {
      faults.push(`${name} has ${now.descriptors} descriptors, and had ${old.descriptors} after the warm-up`);
    }
  }
  for (const { live } of [before, after]) {
    if (live !== '') {
      faults.push(`not everything is over: ${live}`);
    }
  }
  if (exitCode !== 0) {
    faults.push(`the server left with exit code ${exitCode}`);
  }
  if (log.count > 0) {
    faults.push(`${whole(log.count)} lines of the error log that nobody expected:\n${log.first.join('\n')}`);
  }
  return faults;
}

/** @param {Soaked} soaked */
export function tablesOf(soaked) {
  return [requestTable(soaked), processTable(soaked), lastLines(soaked)].join('\n');
}

/** @param {Soaked} soaked */
function requestTable({ warmUp, main }) {
  const rows = Object.entries(main.kinds).map(([name, { requests, failures, retried, p50, p90, p99, max }]) => {
    const failed = failures + (warmUp.kinds[name]?.failures ?? 0);
    const times = [p50, p90, p99, max].map((time) => (time > 0 ? shownTime(time) : '–'));
    return [name, whole(requests), whole(failed), whole(retried), ...times];
  });
  const sum = (/** @type {'requests' | 'failures' | 'retried'} */ key) =>
    whole(Object.values(main.kinds).reduce((total, kind) => total + kind[key], 0));
  const head = ['requests', 'number', 'failed', 'again', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms'];
  rows.push(['all', sum('requests'), sum('failures'), sum('retried'), '', '', '', '']);
  return inColumns([head, ...rows]);
}

/** @param {Soaked} soaked */
function processTable({ before, after }) {
  const of = (/** @type {string} */ name, /** @type {[ProcessFacts, ProcessFacts]} */ [old, now]) => [
    name,
    megabytes(old.bytes),
    megabytes(now.bytes),
    `${growthOf(old, now) >= 0 ? '+' : ''}${growthOf(old, now).toFixed(1)}`,
    `${old.descriptors} ${now.descriptors}`,
    `${old.threads} ${now.threads}`,
  ];
  const head = ['process', 'MB warm', 'MB end', '%', 'descriptors', 'threads'];
  return inColumns([
    head,
    of('master', [before.master, after.master]),
    ...pairs(before, after).map((pair) => of(`worker ${pair[1].pid}`, pair)),
  ]);
}

/** @param {Soaked} soaked */
function lastLines({ main, after, deeds, exitCode, log }) {
  const done = Object.entries(deeds).filter(([, count]) => count > 0);
  const records = Object.entries(log.tags).map(([tag, count]) => `${tag} ${whole(count)}`);
  return [
    `${whole(main.requests)} requests in ${main.seconds.toFixed(1)} s, ${shown(main.requests / main.seconds)} a second`,
    `meanwhile: ${done.map(([name, count]) => `${whole(count)} ${name}`).join(', ') || 'nothing else'}`,
    `live at the end: ${after.live || '0'}; the server left with exit code ${exitCode}`,
    `lines of the error log by tag: ${records.join(', ') || 'none'}; not expected: ${whole(log.count)}`,
    '',
  ].join('\n');
}

/**
 * The same processes; where they were replaced, the smallest beside the smallest.
 * @param {Soaked['before']} before
 * @param {Soaked['after']} after
 * @returns {[ProcessFacts, ProcessFacts][]}
 */
function pairs(before, after) {
  const bySize = (/** @type {ProcessFacts} */ a, /** @type {ProcessFacts} */ b) => a.bytes - b.bytes;
  const old = before.workers.filter(({ pid }) => !after.workers.some((now) => now.pid === pid)).sort(bySize);
  const fresh = after.workers.filter(({ pid }) => !before.workers.some((one) => one.pid === pid)).sort(bySize);
  const same = before.workers.flatMap((one) => {
    const now = after.workers.find(({ pid }) => pid === one.pid);
    return now === undefined ? [] : [/** @type {[ProcessFacts, ProcessFacts]} */ ([one, now])];
  });
  return [
    ...same,
    ...fresh.slice(0, old.length).map((now, index) => /** @type {[ProcessFacts, ProcessFacts]} */ ([old[index], now])),
  ];
}
