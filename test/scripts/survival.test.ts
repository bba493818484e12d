/** `npm run test:survival`, a small one; and that it sees what it is there to see. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { verdicts } from '../../scripts/lib/survival/report.mjs';
import type { Survived } from '../../scripts/lib/survival/survive.mjs';

const program = fileURLToPath(new URL('../../scripts/test-survival.mjs', import.meta.url));

describe('npm run test:survival', () => {
  it.each(['nginx', 'apache'])('%s lives on', { timeout: 60_000 }, async (server) => {
    const deaths = ['--loops', '1', '--heaps', '1', '--exits', '2'];
    const args = ['--server', server, ...deaths, '--windows', '1', '--quiet', '1', '--ratio', '0'];
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringMatching(/^6 passed, 0 failed$/m) });
    expect(said).toMatch(/^exit +2 +4 /m);
  });
});

const tally = { deaths: 1, served: 3, refused: 0, begun: 2, wrong: [] };
const figures = (p99: number) => ({ requests: 1000, p50: 1, p99, max: 9 });
const window = (own: number, idle: number) => ({ own: figures(own), idle: figures(idle) });
const windows = [3, 1, 2].map((p99) => ({ quiet: window(1, 1), deadly: window(2 * p99, p99) }));

const flawless: Survived = {
  ...{ tallies: { loop: tally, heap: tally, exit: tally }, windows, failures: [], same: true, exitCode: 0 },
  log: { count: 0, first: [], tags: {} },
};

describe('the verdicts', () => {
  const faultsOf = (more: Partial<Survived>) =>
    verdicts({ ...flawless, ...more }, 2)
      .flatMap(({ faults }) => faults)
      .join('\n');

  it('are good of a flawless server', () => {
    expect(faultsOf({})).toBe('');
  });

  it.each<[string, Partial<Survived>]>([
    ['they are not', { same: false }],
    ['status 0', { tallies: { ...flawless.tallies, exit: { ...tally, wrong: ['status 0'] } } }],
    ['status 500', { failures: ['status 500'] }],
    ['5.000 ms against 2.000 ms', { windows: windows.map(({ quiet }) => ({ quiet, deadly: window(5, 2) })) }],
    ['exit code 1', { exitCode: 1 }],
    ['an alert', { log: { count: 1, first: ['an alert'], tags: {} } }],
  ])('find: %s', (fault, more) => {
    expect(faultsOf(more)).toContain(fault);
  });
});
