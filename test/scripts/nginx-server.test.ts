import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startNginx, testNginxConfig } from '../../scripts/lib/nginx-server.mjs';
import { until } from '../../scripts/lib/probe.mjs';
import { isRunning } from '../support/process';
import { startAndKillStarter } from '../support/starter';

describe('an nginx of our own', () => {
  it('serves, and leaves nothing behind', async () => {
    const server = await startNginx({ workers: 2, conf: { server: 'location /here { return 200 there; }' } });
    const pids = [server.masterPid, ...server.workerPids()];
    expect(pids).toHaveLength(3);
    writeFileSync(join(server.root, 'file.txt'), 'a file');
    expect(await (await fetch(`${server.origin}/here`)).text()).toBe('there');
    expect(await (await fetch(`${server.origin}/file.txt`)).text()).toBe('a file');

    expect(await server.stop()).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(server.folder)).toBe(false);
    expect(server.errorLog()).toContain('start worker process');
    expect(server.errorLog()).not.toMatch(/\[(warn|error|crit|alert|emerg)\]/);
  });

  it('has new workers after a reload', async () => {
    const server = await startNginx({ workers: 2 });
    try {
      const before = server.workerPids();
      await server.reload();
      const after = server.workerPids();
      expect(after).toHaveLength(2);
      expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    } finally {
      expect(await server.stop({ signal: 'SIGQUIT' })).toBe(0);
    }
  });

  it("repeats nginx's words about a bad configuration", async () => {
    const conf = { server: 'no_such_directive on;' };
    await expect(startNginx({ conf })).rejects.toThrow(
      'nginx did not start: unknown directive "no_such_directive" in ',
    );
    const { ok, output } = await testNginxConfig({ conf });
    expect(ok).toBe(false);
    expect(output).toContain('unknown directive "no_such_directive"');
  });

  it('ends with the process that started it, however that ends', async () => {
    const pids = await startAndKillStarter('nginx-server.mjs', 'startNginx');
    await until(() => !pids.some(isRunning), { what: 'nginx ends', seconds: 10 });
  });
});
