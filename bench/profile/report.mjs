/** The tables of a profile, in microseconds for each request. */
import { capture } from '../../scripts/lib/command.mjs';
import { inColumns } from '../../scripts/lib/table.mjs';
import { stages } from './stages.mjs';

const MOST_FUNCTIONS = 40;

/** What is less than this part of the whole is left out of the tables of functions and system calls. */
const LEAST_PART = 0.001;

/**
 * @param {import('./ledger.mjs').Ledger} ledger
 * @param {number} cpuMicroseconds of one request, by /proc
 */
export async function describeProfile(ledger, cpuMicroseconds) {
  const microseconds = (/** @type {number} */ samples) => (samples / ledger.samples) * cpuMicroseconds;
  const worthTelling = ([, count] = /** @type {[string, number]} */ (['', 0])) => count > ledger.samples * LEAST_PART;
  const functions = [...ledger.functions.values()]
    .filter(({ caused }) => caused > ledger.samples * LEAST_PART)
    .sort((a, b) => b.caused - a.caused)
    .slice(0, MOST_FUNCTIONS);
  const names = functions.length > 0 ? await demangle(functions.map(({ label }) => label)) : [];
  return {
    stages: [...ledger.stages].map(([thread, counts]) => ({
      thread,
      microseconds: Object.fromEntries([...counts].map(([stage, count]) => [stage, microseconds(count)])),
    })),
    functions: functions.map(({ stage, own, caused }, index) => ({
      stage,
      name: names[index] ?? '',
      own: microseconds(own),
      caused: microseconds(caused),
    })),
    systemCalls: [...ledger.systemCalls]
      .filter(worthTelling)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => ({ name, microseconds: microseconds(count) })),
  };
}

/** @param {Awaited<ReturnType<typeof describeProfile>>} profile */
export function tablesOf(profile) {
  return [
    'By stage and thread, µs for each request',
    stageTable(profile.stages),
    'By function of TSGI and of the application: its own time, and with it what Node, V8, the C library and the kernel',
    'did for it, as far as frame pointers tell (nginx and the C library have none)',
    inColumns([
      ['function', 'own', 'with callees'],
      ...profile.functions.map(({ name, own, caused }) => [name, own.toFixed(2), caused.toFixed(2)]),
    ]),
    'In the kernel, by system call',
    inColumns([
      ['system call', 'µs'],
      ...profile.systemCalls.map(({ name, microseconds }) => [name, microseconds.toFixed(2)]),
    ]),
  ].join('\n');
}

/** @param {readonly import('./callgrind.mjs').Count[]} counts */
export function instructionTable(counts) {
  const sumOf = (/** @type {readonly import('./callgrind.mjs').Count[]} */ some) =>
    some.reduce((total, { instructions }) => total + instructions, 0);
  const part = (/** @type {string} */ name) => sumOf(counts.filter((count) => count.part === name));
  const rows = counts.filter(({ instructions }) => instructions >= 1);
  return inColumns([
    ['function', 'instructions'],
    ...rows.map(({ name, instructions }) => [name, instructions.toFixed(1)]),
    ['core', part('core').toFixed(1)],
    ['bridge', part('bridge').toFixed(1)],
    ['both', sumOf(counts).toFixed(1)],
  ]);
}

/** @param {Awaited<ReturnType<typeof describeProfile>>['stages']} threads */
function stageTable(threads) {
  const sum = (/** @type {readonly number[]} */ values) => values.reduce((total, value) => total + value, 0);
  const whole = sum(threads.flatMap(({ microseconds }) => Object.values(microseconds)));
  const columns = threads
    .map(({ thread, microseconds }) => ({ thread, microseconds, all: sum(Object.values(microseconds)) }))
    .sort((a, b) => b.all - a.all);
  const rows = stages.map((stage) => {
    const parts = columns.map(({ microseconds }) => microseconds[stage] ?? 0);
    return [stage, ...[...parts, sum(parts)].map(figure), percent(sum(parts) / whole)];
  });
  return inColumns([
    ['stage', ...columns.map(({ thread }) => thread), 'all', '%'],
    ...rows.filter((row) => row.at(-2) !== '–'),
    ['all', ...[...columns.map(({ all }) => all), whole].map(figure), percent(1)],
  ]);
}

const figure = (/** @type {number} */ value) => (value < 0.005 ? '–' : value.toFixed(2));
const percent = (/** @type {number} */ part) => (part * 100).toFixed(1);

/**
 * C++ names as they stand in the source. A label ends with the symbol.
 * @param {readonly string[]} labels
 */
async function demangle(labels) {
  const symbols = labels.map((label) => label.split(' ').at(-1) || '?');
  const { code, stdout } = await capture('c++filt', ['--no-params', ...symbols]);
  const names = stdout.trimEnd().split('\n');
  return code === 0 && names.length === labels.length
    ? labels.map((label, index) => label.replace(/\S*$/, () => names[index] ?? ''))
    : labels;
}
