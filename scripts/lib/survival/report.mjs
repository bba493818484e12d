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

/** @param {Survived} survived */
function medians({ windows }) {
  const of = (/** @type {'quiet' | 'deadly'} */ which, /** @type {'p50' | 'p99' | 'max'} */ figure) =>
    median(windows.map((window) => window[which][figure]));
  return { quiet: of('quiet', 'p99'), deadly: of('deadly', 'p99'), of };
}

/**
 * @param {Survived} survived
 * @param {number} most ratio of the p99 of static files with deaths and without; 0: any
 * @returns {{ title: string, faults: string[] }[]} what has to hold, and what speaks against it
 */
export function verdicts(survived, most) {
  const { tallies, failures, same, exitCode, log } = survived;
  const { quiet, deadly } = medians(survived);
  const one = (/** @type {boolean} */ holds, /** @type {string} */ fault) => (holds ? [] : [fault]);
  return [
    { title: 'the processes of the server are the same', faults: one(same, 'they are not') },
    {
      title: 'every request was answered, with 500 only where its isolate had begun it',
      faults: Object.values(tallies).flatMap(({ wrong }) => wrong),
    },
    { title: 'every static file was served', faults: failures },
    {
      title: most === 0 ? 'static files were served' : `p99 of static files at most ${most} times that without deaths`,
      faults: one(most === 0 || deadly <= most * quiet, `${deadly.toFixed(3)} ms against ${quiet.toFixed(3)} ms`),
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
  const { quiet, deadly, of } = medians(survived);
  const figures = (/** @type {'quiet' | 'deadly'} */ which) => [
    String(windows.reduce((sum, window) => sum + window[which].requests, 0)),
    ...[of(which, 'p50'), of(which, 'p99'), of(which, 'max')].map(shownTime),
  ];
  return [
    inColumns([['deaths by', 'number', '500 (begun)', 'served', '503, come back', 'wrong'], ...rows]),
    inColumns([
      ['static files, medians of windows', 'requests', 'p50 ms', 'p99 ms', 'max ms'],
      ['nothing happens', ...figures('quiet')],
      ['applications die', ...figures('deadly')],
    ]),
    `p99 with deaths / without: ${(deadly / quiet).toFixed(2)}, in ${windows.length} windows of each, one after the other`,
    `lines of the error log by tag: ${
      Object.entries(log.tags)
        .map(([tag, count]) => `${tag} ${count}`)
        .join(', ') || 'none'
    }`,
    '',
  ].join('\n');
}
