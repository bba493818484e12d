/** What applications that die have done to their server. */
import { inColumns, shownTime } from '../table.mjs';

/** @typedef {import('./survive.mjs').Survived} Survived */

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = NaN, above = NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}

/** @typedef {'quiet' | 'deadly'} When */
/** @typedef {'own' | 'idle'} Whose */

/**
 * @param {Survived} survived
 * @param {When} when
 * @param {Whose} whose
 * @param {'p50' | 'p99' | 'max'} figure
 */
const medianOf = ({ windows }, when, whose, figure) => median(windows.map((window) => window[when][whose][figure]));

/**
 * @param {Survived} survived
 * @param {number} most ratio of the p99 of static files to that of an idle server at the same time; 0: any
 * @returns {{ title: string, faults: string[] }[]} what has to hold, and what speaks against it
 */
export function verdicts(survived, most) {
  const { tallies, failures, same, exitCode, log } = survived;
  const deadly = medianOf(survived, 'deadly', 'own', 'p99');
  const idle = medianOf(survived, 'deadly', 'idle', 'p99');
  const one = (/** @type {boolean} */ holds, /** @type {string} */ fault) => (holds ? [] : [fault]);
  return [
    { title: 'the processes of the server are the same', faults: one(same, 'they are not') },
    {
      title: 'every request was answered, with 500 only where its isolate had begun it',
      faults: Object.values(tallies).flatMap(({ wrong }) => wrong),
    },
    { title: 'every static file was served', faults: failures },
    {
      title:
        most === 0
          ? 'static files were served'
          : `p99 of static files at most ${most} times that of an idle server beside`,
      faults: one(most === 0 || deadly <= most * idle, `${deadly.toFixed(3)} ms against ${idle.toFixed(3)} ms`),
    },
    { title: 'the server left in order', faults: one(exitCode === 0, `exit code ${exitCode}`) },
    { title: 'nothing unexpected in the error log', faults: log.first },
  ];
}

/** @param {Survived} survived */
export function tablesOf(survived) {
  const { tallies, windows, log } = survived;
  const rows = Object.entries(tallies).map(([deed, { deaths, begun, served, refused, wrong }]) =>
    [deed, deaths, begun, served, refused, wrong.length].map(String),
  );
  const p99 = (/** @type {When} */ when, /** @type {Whose} */ whose) => medianOf(survived, when, whose, 'p99');
  const row = (/** @type {string} */ title, /** @type {When} */ when, /** @type {Whose} */ whose) => [
    title,
    String(windows.reduce((sum, window) => sum + window[when][whose].requests, 0)),
    .../** @type {const} */ (['p50', 'p99', 'max']).map((figure) => shownTime(medianOf(survived, when, whose, figure))),
  ];
  return [
    inColumns([['deaths by', 'number', '500 (begun)', 'served', '503, come back', 'wrong'], ...rows]),
    inColumns([
      ['static files, medians of windows', 'requests', 'p50 ms', 'p99 ms', 'max ms'],
      row('nothing happens', 'quiet', 'own'),
      row('nothing happens: an idle server', 'quiet', 'idle'),
      row('applications die', 'deadly', 'own'),
      row('meanwhile an idle server', 'deadly', 'idle'),
    ]),
    `p99 with deaths / of an idle server at the same time: ${(p99('deadly', 'own') / p99('deadly', 'idle')).toFixed(2)}`,
    `p99 with deaths / without: ${(p99('deadly', 'own') / p99('quiet', 'own')).toFixed(2)}; of the idle server: ` +
      `${(p99('deadly', 'idle') / p99('quiet', 'idle')).toFixed(2)}; medians of ${windows.length} windows of each, by turns`,
    `lines of the error log by tag: ${
      Object.entries(log.tags)
        .map(([tag, count]) => `${tag} ${count}`)
        .join(', ') || 'none'
    }`,
    '',
  ].join('\n');
}
