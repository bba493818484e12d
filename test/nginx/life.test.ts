/** Workers of nginx come and go: reload, graceful and quick stop, sudden death, log files that are moved. */
import { chmodSync, chownSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startNginx, type NginxServer } from '../../scripts/lib/nginx-server.mjs';
import { endingCases, livingCases } from '../servers/life';
import { useLives } from '../servers/lives';
import { canPreload, exitsIn, handlersIn, lateThreads, lateWords } from '../support/late-threads';
import { descriptorsOf, isAlive } from '../support/process';
import { until } from '../support/until';
import { app, faultsOf } from './nginx';

const lives = useLives({
  start: startNginx,
  faultsOf,
  living: (trace) => ({
    conf: {
      server: `
        location /app { tsgi_env TRACE=${trace}; tsgi_pass ${app('living.mjs')}; }
        location /static { return 200 static; }`,
    },
  }),
});

describe('nginx', () => {
  endingCases(lives, {
    one: {},
    enough: {},
    leave: 'SIGQUIT',
    atOnce: 5000,
    logs: { leaving: [], brokenOff: [/open socket #\d+ left in connection/, /aborting/] },
  });
});

describe.each(['SIGQUIT', 'SIGTERM'] as const)('%s', (signal) => {
  it.skipIf(!canPreload)('joins the threads, however late they end, before exit handlers run', async () => {
    for (const [name, value] of Object.entries(lateThreads(300))) {
      vi.stubEnv(name, value);
    }
    const nginx = await lives.start();
    vi.unstubAllEnvs();
    expect((await lives.get('/app/pid')).status).toBe(200);
    expect(await nginx.stop({ signal })).toBe(0);
    expect(exitsIn(nginx.errorLog())).toEqual(['0 of 4']); // keeper, watchdog, watch and isolate
    expect(handlersIn(nginx.errorLog())).toBe(1);
    lives.checkLog(lateWords);
  });
});

livingCases(lives, {
  at: (script) => ({ conf: { server: `client_body_buffer_size 1k; location / { tsgi_pass ${script}; }` } }),
  killed: /worker process \d+ exited on signal 9/,
  reopen,
  reader: '0', // root
});

async function reopen(nginx: NginxServer): Promise<void> {
  process.kill(nginx.masterPid, 'SIGUSR1');
  await until('the worker has reopened its log', async () => {
    await lives.get('/app/pid');
    return [...descriptorsOf(nginx.workerPids()[0] ?? 0).values()].includes(join(nginx.folder, 'error.log'));
  });
}

describe('SIGHUP', () => {
  it('drops no request and hangs none, and old workers leave', async () => {
    const nginx = await lives.start({ workers: 2 });
    const before = nginx.workerPids();
    const long = await lives.begin('/app/slow');
    let going = true;
    let count = 0;
    const clients = [1, 2, 3, 4].map(async () => {
      while (going) {
        const reply = await lives.get(count % 3 === 0 ? '/static' : '/app/pid');
        expect(reply).toMatchObject({ status: 200, complete: true });
        count++;
      }
    });
    await until('the clients are at work', () => count > 20);
    for (let round = 0; round < 2; round++) {
      await nginx.reload();
      const reached = count;
      await until('new workers serve', () => count > reached + 20);
    }
    expect((await long.whenDone()).body.toString()).toBe('first rest');
    going = false;
    await Promise.all(clients);
    await until('the old workers leave', () => !before.some(isAlive));
    const [pid] = await lives.who();
    expect(nginx.workerPids()).toContain(pid);
    lives.checkLog();
  });

  it('with a wrong configuration changes nothing', async () => {
    const nginx = await lives.start();
    const before = nginx.workerPids();
    const file = join(nginx.folder, 'nginx.conf');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('living.mjs', 'no-such-script.mjs'));
    process.kill(nginx.masterPid, 'SIGHUP');
    await until('nginx refuses', () => /TSGI2002 cannot find/.test(nginx.errorLog()));
    expect(nginx.workerPids()).toEqual(before);
    expect((await lives.get('/app/pid')).status).toBe(200);
    writeFileSync(file, text);
    lives.checkLog(/TSGI2002/);
  });
});

describe('two workers', () => {
  it('both serve, each with an isolate of its own', async () => {
    const nginx = await lives.start({ workers: 2 });
    const pids = new Set<number>();
    await until(
      () => `answers from both workers; only ${[...pids]} answered`,
      async () => {
        const [pid, multiprocess] = await lives.who();
        expect(multiprocess).toBe(true);
        return pids.add(pid).size === 2;
      },
    );
    expect([...pids].sort()).toEqual(nginx.workerPids().sort());
    lives.checkLog();
  });
});

describe.runIf(process.getuid?.() === 0)('a user', () => {
  it('that may not read a script is told of before', async () => {
    const folder = lives.makeScratch();
    const script = join(folder, 'secret.mjs');
    cpSync(app('living.mjs'), script);
    chmodSync(script, 0o600);
    const owned = join(folder, 'owner.mjs');
    cpSync(app('living.mjs'), owned);
    chownSync(owned, 65534, 65534);
    const nginx = await lives.start({ application: owned, conf: { server: `location / { tsgi_pass ${script}; }` } });
    const asRoot = /^Uid:\t0\t/m.test(readFileSync(`/proc/${nginx.workerPids()[0]}/status`, 'utf8'));
    if (!asRoot) {
      expect(nginx.errorLog()).toMatch(/\[warn\] .*TSGI2006 user "nobody" may not read ".*secret\.mjs"/);
      expect((await lives.get('/')).status).toBe(503);
    }
  });
});
