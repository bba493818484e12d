/** Workers come and go: reload, graceful and quick stop, sudden death, log files that are moved. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startNginx, type NginxOptions, type NginxServer } from '../../scripts/lib/nginx-server.mjs';
import { Connection } from '../support/http1';
import { canPreload, exitsIn, handlersIn, lateThreads, lateWords } from '../support/late-threads';
import { isAlive } from '../support/process';
import { until } from '../support/until';
import { app, faultsOf } from './nginx';

const printed = [/(init|close) in \d+/];

let server: NginxServer | undefined;
const scratch: string[] = [];

afterEach(async () => {
  await server?.stop().catch(() => {});
  server = undefined;
  for (const folder of scratch.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** What init() and close() have written. */
let trace = '';

async function start(options: NginxOptions = {}) {
  const folder = makeScratch();
  trace = join(folder, 'trace');
  const conf = {
    server: `
      location /app { tsgi_env TRACE=${trace}; tsgi_pass ${app('living.mjs')}; }
      location /static { return 200 static; }`,
  };
  return (server = await startNginx({ conf, ...options }));
}

function makeScratch() {
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
  scratch.push(folder);
  chmodSync(folder, 0o755);
  return folder;
}

async function get(target: string, { port }: { port: number } = server as NginxServer) {
  const connection = await Connection.connect({ port });
  const reply = await connection.request({ target, fields: [['Connection', 'close']] }).whenDone();
  connection.close();
  return reply;
}

async function begin(target: string) {
  const connection = await Connection.connect({ port: (server as NginxServer).port });
  const incoming = connection.request({ target });
  await incoming.whenBytes(1);
  return incoming;
}

function checkLog(nginx: NginxServer, ...expected: RegExp[]) {
  expect(faultsOf(nginx.errorLog().split('\n'), [...printed, ...expected])).toEqual([]);
}

describe.each(['SIGQUIT', 'SIGTERM'] as const)('%s', (signal) => {
  it.skipIf(!canPreload)('joins the threads, however late they end, before exit handlers run', async () => {
    for (const [name, value] of Object.entries(lateThreads(300))) {
      vi.stubEnv(name, value);
    }
    const nginx = await start();
    vi.unstubAllEnvs();
    expect((await get('/app/pid')).status).toBe(200);
    expect(await nginx.stop({ signal })).toBe(0);
    expect(exitsIn(nginx.errorLog())).toEqual(['0 of 2']); // keeper and isolate
    expect(handlersIn(nginx.errorLog())).toBe(1);
    checkLog(nginx, lateWords);
  });
});

describe('SIGQUIT', () => {
  it('lets a live exchange end, runs close() and leaves', async () => {
    const nginx = await start();
    const [worker] = nginx.workerPids();
    const incoming = await begin('/app/slow');
    const stopped = nginx.stop({ signal: 'SIGQUIT' });
    expect(await incoming.whenDone()).toMatchObject({ complete: true });
    expect(incoming.body.toString()).toBe('first rest');
    expect(await stopped).toBe(0);
    expect(readFileSync(trace, 'utf8')).toBe(`init in ${worker}\nclose in ${worker}\n`);
    checkLog(nginx);
  });

  it('is quick when nothing is live', async () => {
    const nginx = await start();
    expect((await get('/app/pid')).status).toBe(200);
    const begun = performance.now();
    expect(await nginx.stop({ signal: 'SIGQUIT' })).toBe(0);
    expect(performance.now() - begun).toBeLessThan(4000);
    checkLog(nginx);
  });
});

describe('close()', () => {
  it('is heard when it prints', async () => {
    const nginx = await start();
    expect((await get('/app/pid')).status).toBe(200);
    expect(await nginx.stop({ signal: 'SIGQUIT' })).toBe(0);
    expect(nginx.errorLog()).toContain('close in');
  });
});

describe('SIGTERM', () => {
  it('breaks off what is live, runs close() and leaves', async () => {
    const nginx = await start();
    const [worker] = nginx.workerPids();
    const held = await begin('/app/held');
    const connection = await Connection.connect({ port: nginx.port });
    const waiting = connection.request({ target: '/app/wait' });
    const begun = performance.now();
    expect(await nginx.stop({ signal: 'SIGTERM' })).toBe(0);
    expect(performance.now() - begun).toBeLessThan(5000);
    expect((await held.whenDone()).complete).toBe(false);
    expect((await waiting.whenDone()).complete).toBe(false);
    expect(readFileSync(trace, 'utf8')).toBe(`init in ${worker}\nclose in ${worker}\n`);
    checkLog(nginx, /open socket #\d+ left in connection/, /aborting/);
  });
});

describe('SIGHUP', () => {
  it('drops no request and hangs none, and old workers leave', async () => {
    const nginx = await start({ workers: 2 });
    const before = nginx.workerPids();
    const long = await begin('/app/slow');
    let going = true;
    let count = 0;
    const clients = [1, 2, 3, 4].map(async () => {
      while (going) {
        const reply = await get(count % 3 === 0 ? '/static' : '/app/pid');
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
    const [pid] = JSON.parse((await get('/app/pid')).body.toString()) as [number];
    expect(nginx.workerPids()).toContain(pid);
    checkLog(nginx);
  });

  it('with a wrong configuration changes nothing', async () => {
    const nginx = await start();
    const before = nginx.workerPids();
    const file = join(nginx.folder, 'nginx.conf');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('living.mjs', 'no-such-script.mjs'));
    process.kill(nginx.masterPid, 'SIGHUP');
    await until('nginx refuses', () => /TSGI2002 cannot find/.test(nginx.errorLog()));
    expect(nginx.workerPids()).toEqual(before);
    expect((await get('/app/pid')).status).toBe(200);
    writeFileSync(file, text);
    checkLog(nginx, /TSGI2002/);
  });

  it('loads a script that has changed', async () => {
    const folder = makeScratch();
    const script = join(folder, 'app.mjs');
    const source = (text: string) =>
      `export const application = (environ, startResponse) => { startResponse('200 OK', []); return ['${text}']; };`;
    writeFileSync(script, source('old'));
    const nginx = await start({ conf: { server: `location / { tsgi_pass ${script}; }` } });
    expect((await get('/')).body.toString()).toBe('old');
    writeFileSync(script, source('new'));
    await nginx.reload();
    expect((await get('/')).body.toString()).toBe('new');
    checkLog(nginx);
  });
});

describe('a worker that is killed', () => {
  it('is replaced by one that serves', async () => {
    const nginx = await start();
    const [before = 0] = nginx.workerPids();
    expect((await get('/app/pid')).status).toBe(200);
    process.kill(before, 'SIGKILL');
    const [after] = await until('a new worker', () => {
      const pids = nginx.workerPids();
      return pids.length === 1 && pids[0] !== before ? pids : undefined;
    });
    expect(JSON.parse((await get('/app/pid')).body.toString())).toEqual([after, false]);
    checkLog(nginx, /worker process \d+ exited on signal 9/);
  });
});

describe('SIGUSR1', () => {
  it('moves the output of applications to the new file', async () => {
    const nginx = await start();
    const log = join(nginx.folder, 'error.log');
    await until('init() has run', () => nginx.errorLog().includes('init in'));
    renameSync(log, `${log}.1`);
    process.kill(nginx.masterPid, 'SIGUSR1');
    await until('the new file', () => existsSync(log));
    await until('the worker has reopened it', async () => {
      await get('/app/pid');
      return execFileSync('ls', ['-l', `/proc/${nginx.workerPids()[0]}/fd`], { encoding: 'utf8' }).includes(`${log}\n`);
    });
    await get('/app/print?into-the-new-file');
    await until('the line', () => nginx.errorLog().includes('printed into-the-new-file'));
    checkLog(nginx, /printed/);
  });
});

describe('two workers', () => {
  it('both serve, each with an isolate of its own', async () => {
    const nginx = await start({ workers: 2 });
    const pids = new Set<number>();
    await until(
      () => `answers from both workers; only ${[...pids]} answered`,
      async () => {
        const [pid, multiprocess] = JSON.parse((await get('/app/pid')).body.toString()) as [number, boolean];
        expect(multiprocess).toBe(true);
        return pids.add(pid).size === 2;
      },
    );
    expect([...pids].sort()).toEqual(nginx.workerPids().sort());
    checkLog(nginx);
  });
});

describe.runIf(process.getuid?.() === 0)('an unprivileged user', () => {
  it('runs the workers and the applications', async () => {
    const folder = makeScratch();
    mkdirSync(join(folder, 'apps'));
    const script = join(folder, 'apps', 'whoami.mjs');
    writeFileSync(
      script,
      `export const application = (environ, startResponse) => {
        startResponse('200 OK', []);
        return [String(process.getuid())];
      };`,
    );
    chownSync(script, 65534, 65534);
    const nginx = await start({
      application: script,
      conf: { server: `client_body_buffer_size 1k; location / { tsgi_pass ${script}; }` },
    });
    const status = readFileSync(`/proc/${nginx.workerPids()[0]}/status`, 'utf8');
    const uid = /^Uid:\t(\d+)/m.exec(status)?.[1];
    expect((await get('/')).body.toString()).toBe(uid);
    expect(['65534', '0']).toContain(uid); // root where nobody may not read the checkout
    checkLog(nginx);
  });

  it('that may not read a script is told of before', async () => {
    const folder = makeScratch();
    const script = join(folder, 'secret.mjs');
    cpSync(app('living.mjs'), script);
    chmodSync(script, 0o600);
    const owned = join(folder, 'owner.mjs');
    cpSync(app('living.mjs'), owned);
    chownSync(owned, 65534, 65534);
    const nginx = await start({ application: owned, conf: { server: `location / { tsgi_pass ${script}; }` } });
    const asRoot = /^Uid:\t0\t/m.test(readFileSync(`/proc/${nginx.workerPids()[0]}/status`, 'utf8'));
    if (!asRoot) {
      expect(nginx.errorLog()).toMatch(/\[warn\] .*TSGI2006 user "nobody" may not read ".*secret\.mjs"/);
      expect((await get('/')).status).toBe(503);
    }
  });
});
