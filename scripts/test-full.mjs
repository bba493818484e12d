#!/usr/bin/env node
/** `npm run test:full`: everything there is, and a report of it. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readCommandLine } from './lib/command-line.mjs';
import { capture } from './lib/command.mjs';
import { readOsRelease } from './lib/debian-packages.mjs';
import { describeDefects } from './lib/defect-report.mjs';
import { runMain } from './lib/failure.mjs';
import { inRepository, repository, results } from './lib/paths.mjs';
import { elapsed, say } from './lib/progress.mjs';

const usage = `usage: npm run test:full [-- --seconds N]

Runs npm test, then every command that tries to break TSGI, two at a time and each even when one before it failed, and
writes what ran and how it went to docs/test-report.md. N (60 unless told) is how long each fuzzer runs.
`;

/**
 * @typedef {{ command: string, script: string, args?: string[], shows: string }} Part
 * @typedef {Part & { passed: number, failed: number, skipped: number, seconds: number }} Result
 */

/** Alone: it installs and builds what the others share, and its load tests measure. @type {Part} */
const first = {
  command: 'npm test',
  script: 'test',
  shows: 'checks, the core, JavaScript, `tsgi.node`, nginx and Apache',
};

/**
 * What runs side by side, since much of it waits more than it computes: each lane takes its parts one after the other.
 * They share the build lock and what is built under it; results, and whatever they break, are each part's own.
 * @param {string} seconds of each fuzzer
 * @returns {Part[][]}
 */
const lanesOf = (seconds) => [
  [
    {
      command: 'npm run test:mpm',
      script: 'test-mpm',
      shows: 'the whole conformance suite inside Apache with worker and with prefork',
    },
    {
      command: 'npm run test:compatibility',
      script: 'test-compatibility',
      shows: 'existing applications under plain node, inside both servers: [compatibility.md](compatibility.md)',
    },
    {
      command: 'npm run test:asan',
      script: 'test-asan',
      shows:
        'the core, `tsgi.node`, nginx and the Apache module under AddressSanitizer and UndefinedBehaviorSanitizer, leaks included',
    },
    {
      command: 'npm run test:misery',
      script: 'test-misery',
      shows:
        'the fake host, nginx and Apache with I/O a byte at a time, allocations that fail, clients that leave at each message',
    },
    {
      command: 'npm run test:faults',
      script: 'test-faults',
      shows: 'nginx and Apache killed, short of disk, descriptors, threads, scripts, with a clock that is set',
    },
  ],
  [
    {
      command: 'npm run test:tsan',
      script: 'test-tsan',
      shows: 'every interleaving of wake and drain in a model, the core under ThreadSanitizer, defects on purpose',
    },
    {
      command: `npm run test:fuzz -- --seconds ${seconds}`,
      script: 'test-fuzz',
      args: ['--seconds', seconds],
      shows: 'heads, environs, the order of exchanges, log lines and paths by libFuzzer, with defects on purpose',
    },
    {
      command: 'npm run test:defects',
      script: 'test-defects',
      shows: 'every rule of the specification broken on purpose, and mistakes in each layer, each found by its suite',
    },
    {
      command: 'npm run test:growth',
      script: 'test-growth',
      shows: '200,000 requests to Express inside nginx and Apache: no memory, no listener, no descriptor more',
    },
    {
      command: 'npm run test:restarts',
      script: 'test-restarts',
      shows: '500 graceful restarts of Apache under load: no request, no process and no descriptor lost',
    },
  ],
];

await runMain(async () => {
  const { values } = readCommandLine(usage, { seconds: { type: 'string', default: '60' } });
  const ran = await runLane([first]);
  const lanes = await Promise.all(lanesOf(values.seconds).map(runLane));
  ran.push(...lanes.flat());
  writeFileSync(inRepository('docs/test-report.md'), await report(ran));
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) => ran.reduce((total, part) => total + part[key], 0);
  say(`everything took ${elapsed().toFixed(0)} s; docs/test-report.md has the figures`);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
  return sum('failed') === 0 ? 0 : 1;
});

/** @param {readonly Part[]} parts */
async function runLane(parts) {
  /** @type {Result[]} */
  const ran = [];
  for (const part of parts) {
    say(`${part.command} ...`);
    const counts = await runPart(part);
    ran.push({ ...part, ...counts });
    say(`${part.command}: ${counts.passed} passed, ${counts.failed} failed in ${counts.seconds.toFixed(0)} s`);
  }
  return ran;
}

/**
 * A command that ends badly without a count is one failure.
 * @param {Part} part
 * @returns {Promise<{ passed: number, failed: number, skipped: number, seconds: number }>}
 */
function runPart({ script, args = [] }) {
  const begun = process.hrtime.bigint();
  const child = spawn(process.execPath, [inRepository('scripts', `${script}.mjs`), ...args], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  const name = script.replace('test-', '').padEnd(13);
  createInterface({ input: child.stderr }).on('line', (line) => process.stderr.write(`${name} | ${line}\n`));
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
