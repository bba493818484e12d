/** The main module, `process`, signals. */
import { readFileSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { script, type Guest } from './guest';

export function mainCases(guest: Guest): void {
  describe('the main module', () => {
    it('is the script, for CommonJS', async () => {
      const path = script('main.cjs');
      expect(await guest.site.json('/main-cjs')).toEqual({
        isMain: true,
        parent: true,
        id: '.',
        argv: [path],
        filename: path,
      });
    });

    it('is the script, for ES modules, and no other', async () => {
      const expected = { main: true, other: false, url: true, path: script('main.mjs') };
      expect(await guest.site.json('/main-mjs')).toEqual(expected);
    });
  });
}

export function processCases(guest: Guest): void {
  describe('process', () => {
    it.each([
      ['process.umask(0o77)', /process\.umask\(mask\) would change the process of the web server/],
      ['process.setuid(0)', /process\.setuid\(\) would change/],
      ['process.setgid(0)', /process\.setgid\(\) would change/],
      ['process.seteuid(0)', /process\.seteuid\(\) would change/],
      ['process.setegid(0)', /process\.setegid\(\) would change/],
      ['process.setgroups([])', /process\.setgroups\(\) would change/],
      ['process.initgroups("root", 0)', /process\.initgroups\(\) would change/],
      ['require("os").setPriority(19)', /os\.setPriority\(\) of the own process/],
      ['process.kill(process.ppid, "SIGTERM")', /process\.kill\(\d+, …\) would reach processes of the web server/],
      ['process.kill(0, "SIGTERM")', /would reach processes of the web server/],
      ['process.kill(-1, "SIGTERM")', /would reach processes of the web server/],
      ['require("cluster").fork()', /cluster\.fork\(\) is refused inside a web server/],
    ])('refuses %s', async (code, message) => {
      const before = statusOf(guest.site.worker);
      expect(await guest.refusal(code)).toMatchObject({
        code: 'ERR_TSGI_REFUSED',
        message: expect.stringMatching(message) as string,
      });
      expect(statusOf(guest.site.worker)).toEqual(before);
    });

    it('answers what is only asked', async () => {
      const { umask } = statusOf(guest.site.worker);
      const asked = await guest.run('return [process.umask(), process.getuid(), process.kill(process.pid, 0)]');
      const [mask, uid, alive] = asked as unknown[];
      expect((mask as number).toString(8).padStart(4, '0')).toBe(umask);
      expect([typeof uid, alive]).toEqual(['number', true]);
    });

    it('has an input that is at its end', async () => {
      const code =
        'let text = "read: "; for await (const chunk of process.stdin) text += chunk; return [text, process.stdin.fd];';
      expect(await guest.run(code)).toEqual(['read: ', 0]);
    });

    it('writes to the error log', async () => {
      guest.site.expectLog(/on stdout/, /on stderr/);
      await guest.run('process.stdout.write("on stdout\\n"); process.stderr.write("on stderr\\n")');
    });

    it('has an execPath that runs JavaScript, where there is a node', async () => {
      const code = 'return require("child_process").execFileSync(process.execPath, ["-p", "6 * 7"]).toString()';
      expect(await guest.run(code)).toBe('42\n');
      expect(await guest.run('return process.argv[0] === process.execPath')).toBe(true);
      expect(await guest.run('return process.execPath', '/without-node')).toBe(
        await guest.run('return require("fs").readlinkSync("/proc/self/exe")'),
      );
    });

    it('takes TSGI_NODE for it', async () => {
      const code =
        'process.env.TSGI_NODE = "/bin/true"; try { return process.execPath } finally { delete process.env.TSGI_NODE }';
      expect(await guest.run(code)).toBe('/bin/true');
    });
  });
}

export function signalCases(guest: Guest): void {
  describe('a signal', () => {
    it('to itself reaches its own listeners and nobody else', async () => {
      const code = `
      const heard = [];
      for (const signal of ['SIGTERM', 'SIGUSR2']) process.once(signal, (...args) => heard.push(args));
      process.kill(process.pid); process.kill(process.pid, 'SIGUSR2'); process.kill(process.pid, 'SIGCHLD');
      await new Promise((resolve) => setTimeout(resolve, 5));
      return heard`;
      expect(await guest.run(code)).toEqual([
        ['SIGTERM', 15],
        ['SIGUSR2', 12],
      ]);
    });

    it.each([
      ['exit', 'process.exit(3)', 'process.exit(3)'],
      ['abort', 'process.abort()', 'process.abort()'],
      ['kill', 'process.kill(process.pid, "SIGKILL")', "process.kill(process.pid, 'SIGKILL')"],
    ])('or %s ends the isolate alone', async (how, code, logged) => {
      guest.site.expectLog(/TSGI1031 /, /TSGI3103 /);
      guest.site.allowLog(/TSGI2024 /);
      const mount = `/dies-${how}`;
      const before = await guest.run('return id', mount);
      const reply = await guest.site.request({ method: 'POST', target: mount, body: code });
      expect(reply.status).toBe(500);
      expect(await guest.run('return id', mount)).not.toBe(before);
      expect(guest.site.logLines().some((line) => line.includes(`${logged} was called`))).toBe(true);
    });
  });
}

/** What of a process an application must not change. */
function statusOf(pid: number): { cwd: string; uid: string; umask: string } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  return { cwd: readlinkSync(`/proc/${pid}/cwd`), uid: field('Uid'), umask: field('Umask') };
}
