/** Programs that an application starts. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { descriptorsOf, isRunning } from '../support/process';
import { until } from '../support/until';
import type { Guest } from './guest';

export function descriptorCases(guest: Guest): void {
  describe('a program that is started', () => {
    const sleep = async (code: string, mount?: string): Promise<number> => (await guest.run(code, mount)) as number;
    const keptPid = 'kept.child = child; return child.pid';

    async function expectNothingOfTheServer(pid: number): Promise<void> {
      // A program that has just begun reads files of its own.
      const more = () => [...descriptorsOf(pid)].filter(([fd, link]) => fd > 2 || /error\.log/.test(link));
      await until(
        () => `no descriptor of the server; it has ${more().join('; ')}`,
        () => readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('sleep') && more().length === 0,
      );
    }

    it.each([
      ['spawn', `const child = require('child_process').spawn('sleep', ['60']); ${keptPid}`],
      [
        'with inherited streams',
        `const child = require('child_process').spawn('sleep', ['60'], { stdio: 'inherit' }); ${keptPid}`,
      ],
      ['exec', `const child = require('child_process').exec('exec sleep 60'); ${keptPid}`],
      [
        'from a thread',
        `const { Worker } = require('worker_threads');
       const source = "const { spawn } = require('child_process'); const { parentPort } = require('worker_threads'); const child = spawn('sleep', ['60']); parentPort.postMessage(child.pid); parentPort.once('message', () => child.kill())";
       const worker = new Worker(source, { eval: true });
       kept.child = { kill: () => worker.postMessage('kill') };
       return new Promise((resolve) => worker.once('message', resolve))`,
      ],
    ])('holds no descriptor of the server (%s)', async (_how, code) => {
      const connection = await guest.site.connect();
      const pid = await sleep(code);
      try {
        await expectNothingOfTheServer(pid);
      } finally {
        await guest.run('kept.child.kill()');
        await until('its end', () => !isRunning(pid));
        connection.close();
      }
    });

    it('holds none while it is waited for', async () => {
      const code = `return require('child_process').execFileSync('ls', ['-l', '/proc/self/fd']).toString()`;
      const links = ((await guest.run(code)) as string).split('\n').filter((line) => /-> (?!.*\/proc\/)/.test(line));
      expect(links.map((line) => / (\d+) -> /.exec(line)?.[1])).toEqual(['0', '1', '2']);
    });
  });
}

export function programCases(guest: Guest): void {
  describe('a program that is started', () => {
    it('writes to the error log what it inherits, line by line', async () => {
      guest.site.expectLog(/of the child/, /its error/);
      const code = `
      const child = require('child_process').spawn('sh', ['-c', 'echo of the child; echo its error >&2'], { stdio: 'inherit' });
      const seen = [child.stdin, child.stdout, child.stderr];
      return [seen, await new Promise((resolve) => child.on('close', resolve))]`;
      expect(await guest.run(code)).toEqual([[null, null, null], 0]);
      const pattern = /of the child|its error/;
      expect(guest.site.logLines().filter((line) => pattern.test(line))).toEqual([
        expect.stringMatching(/of the child, request id: /) as string,
        expect.stringMatching(/its error, request id: /) as string,
      ]);
    });

    it('tells how it ended', async () => {
      const code = `
      const child = require('child_process').spawn('sleep', ['60']);
      child.kill('SIGTERM');
      return new Promise((resolve) => child.on('exit', (...how) => resolve(how)))`;
      expect(await guest.run(code)).toEqual([null, 'SIGTERM']);
    });

    it('may be forked by a real node, and talks', async () => {
      const code = `
      const { writeFileSync, mkdtempSync, rmSync } = require('fs');
      const folder = mkdtempSync(require('os').tmpdir() + '/tsgi-guest-');
      try {
        writeFileSync(folder + '/child.cjs', 'process.on("message", (n) => { process.send(n + 1); process.disconnect(); })');
        const child = require('child_process').fork(folder + '/child.cjs');
        child.send(41);
        return await new Promise((resolve, reject) => child.on('message', resolve).on('error', reject));
      } finally { rmSync(folder, { recursive: true }); }`;
      expect(await guest.run(code)).toBe(42);
    });

    it('is not forked where there is no node, with a word on what is missing', async () => {
      expect(await guest.refusal('require("child_process").fork("/x.js")', '/without-node')).toMatchObject({
        code: 'ERR_TSGI_REFUSED',
        message: expect.stringMatching(/needs a program `node`.*TSGI_NODE/) as string,
      });
    });
  });
}
