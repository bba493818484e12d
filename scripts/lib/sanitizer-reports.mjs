/**
 * What sanitizers have written: every process writes a file of its own into one folder. A report of an error always
 * counts; a leak counts unless it is one that known-leaks.mjs knows of somebody else's.
 */
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { knownLeaks } from './known-leaks.mjs';
import { build } from './paths.mjs';

/** Frames that stand for `malloc`, whoever called it. */
const ALLOCATORS = /\blibsanitizer\/|\blib(asan|stdc\+\+|c)\.so/;

/** Code of ours, by its path. */
const OURS =
  /\/(native|nginx-module|apache-module)\/[^ ]*\.(c|cc|h):|libtsgi\.so|tsgi\.node|ngx_http_tsgi_module|mod_tsgi/;

/**
 * An empty folder, and the environment that makes sanitizers write there and go on after a leak: it is judged here.
 * @param {string} name
 */
export function collectReports(name) {
  const folder = join(build, 'results', `sanitizer-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777); // Apache's children run as a user of their own
  const path = `log_path=${join(folder, 'report')}`;
  return {
    folder,
    env: {
      ASAN_OPTIONS: [path, ...addressOptions].join(':'),
      UBSAN_OPTIONS: `${path}:print_stacktrace=1`,
      LSAN_OPTIONS: 'exitcode=0',
    },
  };
}

const addressOptions = [
  'detect_leaks=1',
  'malloc_context_size=30',
  'detect_stack_use_after_return=1',
  // The names and the list of modules are the same in nginx and in each of its dynamic modules, by its design.
  'detect_odr_violation=0',
  // Up to GCC 13 the runtime takes thread-local memory of a library, where it lies 16 bytes behind the start of a page,
  // for memory that an old glibc has put a header before, and the two words there for a range of roots. They are the
  // header of its own chunk, so its tracer crashes in that range, and the process ends without having looked for leaks.
  // Such memory hangs on the thread that has it without that guess (test/scripts/leak-check.test.ts).
  'intercept_tls_get_addr=0',
];

/**
 * Everything in the folder that nobody else is to blame for.
 * @param {string} folder
 * @returns {string[]}
 */
export function findFaults(folder) {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .flatMap((report) => (report.includes('LeakSanitizer: detected memory leaks') ? leaksIn(report) : [report.trim()]))
    .filter((report) => report !== '');
}

/**
 * Leaks that are judged: those that nothing points at, and of the others, which hang on one of these, ours.
 * @param {string} report
 */
function leaksIn(report) {
  return report.split('\n\n').filter((record) => {
    const kind = /^(Direct|Indirect) leak of /m.exec(record)?.[1];
    const frames = kind === undefined ? [] : framesOf(record);
    const isKnown = knownLeaks.some(({ frames: known }) => known.test(frames.join(' < ')));
    return kind === 'Direct' ? !isKnown : kind === 'Indirect' && !isKnown && OURS.test(frames[0] ?? '');
  });
}

/**
 * `function file`, innermost first, without those that only allocate.
 * @param {string} record
 */
function framesOf(record) {
  const lines = record.split('\n').filter((line) => /^\s*#\d+ /.test(line));
  const start = lines.findIndex((line) => !ALLOCATORS.test(line));
  return (start < 0 ? [] : lines.slice(start)).map((line) => {
    const [, name = ''] = / in ([^\s(]+)/.exec(line) ?? [];
    const [, source] = /(\S+\.(?:c|cc|h|cpp):\d+)/.exec(line) ?? [];
    const [, module = ''] = /\(([^()]*?)(?:\+0x[0-9a-f]+)?\)[^()]*$/.exec(line) ?? [];
    return `${name} ${source ?? basename(module)}`.trim();
  });
}
