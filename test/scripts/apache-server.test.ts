import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mpms } from '../../scripts/lib/apache-config.mjs';
import { startApache, testApacheConfig } from '../../scripts/lib/apache-server.mjs';
import { until } from '../../scripts/lib/probe.mjs';
import { isRunning } from '../support/process';
import { startAndKillStarter } from '../support/starter';

describe.each(mpms)('an httpd of our own with %s', (mpm) => {
  it('serves, and leaves nothing behind', async () => {
    const server = await startApache({ mpm, workers: 4, modules: ['alias'], conf: { server: 'Redirect 410 /here' } });
    const pids = [server.masterPid, ...server.workerPids()];
    expect(pids).toHaveLength(5);
    writeFileSync(join(server.root, 'file.txt'), 'a file');
    expect((await fetch(`${server.origin}/here`)).status).toBe(410);
    expect(await (await fetch(`${server.origin}/file.txt`)).text()).toBe('a file');

    expect(await server.stop()).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(server.folder)).toBe(false);
    expect(server.errorLog()).toContain('resuming normal operations');
    expect(server.errorLog()).not.toMatch(/:(warn|error|crit|alert|emerg)\]/);
  });

  it('has new children after a graceful restart', async () => {
    const server = await startApache({ mpm, workers: 2 });
    try {
      const before = server.workerPids();
      await server.reload();
      const after = server.workerPids();
      expect(after.length).toBeGreaterThan(0);
      expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    } finally {
      expect(await server.stop({ signal: 'SIGWINCH' })).toBe(0);
    }
  });
});

describe('an httpd of our own', () => {
  it("repeats httpd's words about a bad configuration", async () => {
    const conf = { server: 'NoSuchDirective on' };
    await expect(startApache({ conf })).rejects.toThrow(
      /^Apache did not start: Syntax error on line \d+ of \S+: Invalid command 'NoSuchDirective', perhaps misspelled/,
    );
    const { ok, output } = await testApacheConfig({ conf });
    expect(ok).toBe(false);
    expect(output).toContain("Invalid command 'NoSuchDirective'");
    expect(await testApacheConfig()).toMatchObject({ ok: true });
  });

  it('ends with the process that started it, however that ends', async () => {
    const pids = await startAndKillStarter('apache-server.mjs', 'startApache');
    await until(() => !pids.some(isRunning), { what: 'Apache ends', seconds: 10 });
  });
});
