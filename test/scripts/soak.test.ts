/** `npm run soak`, a small one; and that it sees what it is there to see. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { faultsOf, tablesOf } from '../../scripts/lib/soak/report.mjs';
import type { Soaked } from '../../scripts/lib/soak/soak.mjs';

const program = fileURLToPath(new URL('../../scripts/soak.mjs', import.meta.url));

/** What it printed, and its exit code. */
async function soak(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

/** Too few requests to tell a leak from a heap that has not its size yet. */
const SMALL = ['--requests', '2000', '--warm-up', '1000', '--growth', '1000'];

describe('npm run soak', () => {
  it.each([['nginx'], ['apache']])('%s: finds nothing wrong', { timeout: 60_000 }, async (server) => {
    const { code, stdout, stderr } = await soak('--server', server, ...SMALL, '--restarts', '1');
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^nothing is wrong$/m) });
    expect(stdout).toMatch(/^all +[\d,]+ +0 /m);
    expect(stdout).toMatch(/^meanwhile: 1 restarts$/m);
    expect(stdout).toMatch(/^live at the end: 0; /m);
  });

  it('Apache gives back what isolates took on whichever of its threads', { timeout: 120_000 }, async () => {
    const reloads = ['--requests', '15000', '--warm-up', '5000', '--reloads', '20', '--growth', '60'];
    const { code, stdout, stderr } = await soak('--server', 'apache', ...reloads);
    expect({ code, stdout, stderr }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^meanwhile: 20 reloads$/m),
    });
  });

  it.each([
    [['--server', 'iis'], /^--server takes nginx or apache, and `iis` is none\.$/m],
    [['--mpm', 'winnt'], /^--mpm takes event, worker, prefork, and `winnt` is none\.$/m],
    [['--requests', 'many'], /^--requests takes a whole number/m],
  ])('says in a sentence what is wrong with %j', async (args, sentence) => {
    const { code, stderr } = await soak(...args);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(sentence) });
  });
});

const worker = (more = {}) => ({ pid: 2, bytes: 100 << 20, descriptors: 20, wakes: 4, threads: 10, ...more });
const held = (more = {}) => ({ master: worker({ pid: 1 }), workers: [worker(more)], live: '' });
const kind = { requests: 10, failures: 0, retried: 0, p50: 1, p90: 2, p99: 3, max: 4 };
const load = { seconds: 1, requests: 10, kinds: { hello: kind }, failures: [] };

const flawless: Soaked = {
  ...{ warmUp: load, main: load, before: held(), after: held() },
  ...{ deeds: {}, problems: [], exitCode: 0, log: { count: 0, first: [], tags: {} } },
};

describe('the report of a soak', () => {
  const limits = { growth: 5, connections: 8 };
  const failure = { kind: 'hello', problem: 'status 502', count: 1, at: 'now' };
  const of = (more: Partial<Soaked>) => faultsOf({ ...flawless, ...more }, limits).join('\n');

  it('has no fault to find where there is none', () => {
    expect(of({})).toBe('');
    expect(of({ after: held({ bytes: 104 << 20, descriptors: 28, wakes: 12, threads: 11 }) })).toBe('');
  });

  it.each<[string, Partial<Soaked>]>([
    ['hello: status 502', { main: { ...load, failures: [failure] } }],
    ['hello: status 502', { warmUp: { ...load, failures: [failure] } }],
    ['grown by 6.0 %', { after: held({ bytes: 106 << 20 }) }],
    ['has 21 descriptors', { after: held({ descriptors: 21 }) }],
    ['has 29 descriptors', { after: held({ descriptors: 29, wakes: 13 }) }],
    ['2 exchanges', { after: { ...held(), live: '2 exchanges' } }],
    ['exit code 1', { exitCode: 1 }],
    ['a reload that never came', { problems: ['a reload that never came'] }],
    ['an alert', { log: { count: 1, first: ['an alert'], tags: {} } }],
    ['no worker is left', { after: { ...held(), workers: [] } }],
  ])('finds: %s', (sentence, more) => {
    expect(of(more)).toContain(sentence);
  });

  it('compares workers that were replaced by size', () => {
    const before = { ...held(), workers: [worker(), worker({ pid: 3, bytes: 50 << 20 })] };
    const after = { ...held(), workers: [worker({ pid: 4 }), worker({ pid: 5, bytes: 60 << 20 })] };
    expect(of({ before, after })).toBe('worker 5 has grown by 20.0 %, and 5 % is too much');
    expect(tablesOf({ ...flawless, before, after })).toMatch(/^worker 5 +50\.0 +60\.0 +\+20\.0 /m);
  });
});
