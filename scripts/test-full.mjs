#!/usr/bin/env node
/** `npm run test:full`: everything there is, and a report of it. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from './lib/command-line.mjs';
import { capture } from './lib/command.mjs';
import { readOsRelease } from './lib/debian-packages.mjs';
import { describeDefects } from './lib/defect-report.mjs';
import { runMain } from './lib/failure.mjs';
import { inRepository, repository, results } from './lib/paths.mjs';
import { elapsed, say } from './lib/progress.mjs';

const usage = `usage: npm run test:full [-- --seconds N]

Runs npm test and every command that tries to break TSGI, each even when one before it failed, and writes what ran and how
it went to docs/test-report.md. N (60 unless told) is how long each fuzzer runs.
`;

/**
 * @typedef {{ command: string, script: string, args: string[], shows: string }} Part
 * @typedef {Part & { passed: number, failed: number, skipped: number, seconds: number }} Result
 */

/**
 * @param {string} seconds of each fuzzer
 * @returns {Part[]}
 */
const partsOf = (seconds) => [
  {
    command: 'npm test',
    script: 'test',
    args: [],
    shows: 'checks, the core, JavaScript, `tsgi.node`, nginx and Apache',
  },
  {
    command: 'npm run test:mpm',
    script: 'test-mpm',
    args: [],
    shows: 'the whole conformance suite inside Apache with worker and with prefork',
  },
  {
    command: 'npm run test:tsan',
    script: 'test-tsan',
    args: [],
    shows: 'every interleaving of wake and drain in a model, the core under ThreadSanitizer, defects on purpose',
  },
  {
    command: 'npm run test:asan',
    script: 'test-asan',
    args: [],
    shows:
      'the core, `tsgi.node`, nginx and the Apache module under AddressSanitizer and UndefinedBehaviorSanitizer, leaks included',
  },
  {
    command: `npm run test:fuzz -- --seconds ${seconds}`,
    script: 'test-fuzz',
    args: ['--seconds', seconds],
    shows: 'response heads, environs and the order of exchanges by libFuzzer, with defects on purpose',
  },
  {
    command: 'npm run test:defects',
    script: 'test-defects',
    args: [],
    shows: 'every rule of the specification broken on purpose, and mistakes in each layer, each found by its suite',
  },
  {
    command: 'npm run test:misery',
    script: 'test-misery',
    args: [],
    shows: 'nginx with sockets that move a byte, allocations that fail, clients that leave at each message',
  },
  {
    command: 'npm run test:restarts',
    script: 'test-restarts',
    args: [],
    shows: '500 graceful restarts of Apache under load: no request, no process and no descriptor lost',
  },
];

await runMain(async () => {
  const { values } = readCommandLine(usage, { seconds: { type: 'string', default: '60' } });
  /** @type {Result[]} */
  const ran = [];
  for (const part of partsOf(values.seconds)) {
    say(part.command);
    ran.push({ ...part, ...(await runPart(part)) });
  }
  writeFileSync(inRepository('docs/test-report.md'), await report(ran));
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) => ran.reduce((total, part) => total + part[key], 0);
  say(`everything took ${elapsed().toFixed(0)} s; docs/test-report.md has the figures`);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
  return sum('failed') === 0 ? 0 : 1;
});

/**
 * A command that ends badly without a count is one failure.
 * @param {Part} part
 * @returns {Promise<{ passed: number, failed: number, skipped: number, seconds: number }>}
 */
function runPart({ script, args }) {
  const begun = process.hrtime.bigint();
  const child = spawn(process.execPath, [inRepository('scripts', `${script}.mjs`), ...args], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
      const [, passed, failed, skipped = '0'] = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m.exec(stdout) ?? [];
      const counts = { passed: Number(passed ?? 0), failed: Number(failed ?? 1), skipped: Number(skipped) };
      resolve({ ...counts, failed: code === 0 ? counts.failed : Math.max(counts.failed, 1), seconds });
    });
  });
}

/** @param {readonly Result[]} ran */
async function report(ran) {
  const rows = ran.map(
    ({ command, passed, failed, skipped, seconds }) =>
      `| \`${command}\` | ${passed} | ${failed} | ${skipped} | ${seconds.toFixed(0)} |`,
  );
  const { stdout: commit } = await capture('git', ['rev-parse', '--short=12', 'HEAD']);
  const { stdout: changes } = await capture('git', ['status', '--porcelain', '--untracked-files=no']);
  return `# Test report

The last run of \`npm run test:full\`, which writes this page: ${new Date().toISOString().slice(0, 10)}, commit ${commit.trim()}${
    changes.trim() === '' ? '' : ' with changes'
  }, on ${cpus().length} cores.

| command | passed | failed | skipped | seconds |
|---|---|---|---|---|
${rows.join('\n')}

${ran.map(({ command, shows }) => `* \`${command}\`: ${shows}`).join('\n')}

## Defects on purpose

${describeDefects()}

${await seeded()}

## With

${(await versions()).map(([name, version]) => `* ${name} ${version}`).join('\n')}
`;
}

/** What was put into the code and had to be found, by the names of the tests. */
async function seeded() {
  const reports = ['ctest', 'ctest-thread', 'ctest-address'].flatMap((name) => {
    try {
      const text = readFileSync(join(results, `${name}.xml`), 'utf8');
      return [...text.matchAll(/<testcase name="((?:model|seeded)_\w+)"[^>]*status="(\w+)"/g)];
    } catch {
      return []; // it did not run
    }
  });
  const lines = reports
    .filter(([, name]) => name !== 'model_wake_and_drain')
    .map(([, name = '', status]) => {
      const words = name.replace(/^(model|seeded)_/, '').replaceAll('_', ' ');
      return `* ${words}: ${status === 'run' ? 'found' : 'NOT FOUND'}`;
    });
  return `Each is a piece of \`native/core\` replaced, and a test that must fail of it (\`test/model\`, \`test/seeded\`); each fuzzer has one more.

${lines.join('\n')}`;
}

/** @returns {Promise<[string, string][]>} */
async function versions() {
  const first = async (/** @type {string} */ program, /** @type {string[]} */ args, /** @type {RegExp} */ pattern) => {
    const { stdout, stderr } = await capture(program, args).catch(() => ({ stdout: '', stderr: '' }));
    return pattern.exec(stdout + stderr)?.[1] ?? 'absent';
  };
  return [
    ['Debian', readOsRelease()['VERSION_ID'] ?? 'unknown'],
    ['Node.js', process.versions.node],
    ['nginx', await first('/usr/sbin/nginx', ['-v'], /nginx\/(\S+)/)],
    ['Apache', await first('/usr/sbin/apache2', ['-v'], /Apache\/(\S+)/)],
    ['gcc', await first('gcc', ['-dumpfullversion'], /(\S+)/)],
    ['clang', await first('clang', ['-dumpversion'], /(\S+)/)],
  ];
}
