/** Children come and go: graceful and quick stop, restart, sudden death, log files that are moved, a single process. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
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
import { afterEach, describe, expect, it } from 'vitest';
import { mpms } from '../../scripts/lib/apache-config.mjs';
import {
  program,
  startApache,
  testApacheConfig,
  type ApacheOptions,
  type ApacheServer,
} from '../../scripts/lib/apache-server.mjs';
import { nativePaths } from '../../scripts/lib/paths.mjs';
import { Connection } from '../support/http1';
import { canPreload, exitsIn, handlersIn, lateThreads, lateWords } from '../support/late-threads';
import { isAlive, threadsOf } from '../support/process';
import { until } from '../support/until';
import { app, faultsOf } from './apache';

const printed = /(init|close) in \d+/;

let server: ApacheServer | undefined;
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
const traced = () => readFileSync(trace, 'utf8').trim().split('\n').sort();

/** One child, so that it is known which one serves. */
async function start(options: ApacheOptions = {}) {
  const folder = makeScratch();
  trace = join(folder, 'trace');
  writeFileSync(trace, '');
  chmodSync(trace, 0o666);
  const conf = { server: `TSGISetProcessEnv TRACE ${trace}\nTSGIScriptAlias /app ${app('living.mjs')}` };
  return (server = await startApache({ conf, workers: 1, ...options }));
}

function makeScratch() {
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
  scratch.push(folder);
  chmodSync(folder, 0o755);
  return folder;
}

async function get(target: string, { port }: { port: number } = server as ApacheServer) {
  const connection = await Connection.connect({ port });
  const reply = await connection.request({ target, fields: [['Connection', 'close']] }).whenDone();
  connection.close();
  return reply;
}

async function begin(target: string) {
  const connection = await Connection.connect({ port: (server as ApacheServer).port });
  const incoming = connection.request({ target });
  await incoming.whenBytes(1);
  return incoming;
}

const mapsOf = (pid: number) => readFileSync(`/proc/${pid}/maps`, 'utf8');

function checkLog(apache: ApacheServer, ...expected: RegExp[]) {
  expect(faultsOf(apache.errorLog().split('\n'), [printed, ...expected])).toEqual([]);
}

describe.each(mpms)('%s', (mpm) => {
  it('lets a live exchange end on SIGWINCH, runs close() and leaves', async () => {
    const apache = await start({ mpm });
    const [child] = apache.workerPids();
    const incoming = await begin('/app/slow');
    const stopped = apache.stop({ signal: 'SIGWINCH' });
    expect(await incoming.whenDone()).toMatchObject({ complete: true });
    expect(incoming.body.toString()).toBe('first rest');
    expect(await stopped).toBe(0);
    expect(traced()).toEqual([`close in ${child}`, `init in ${child}`]);
    expect(apache.errorLog()).toContain(`close in ${child}`); // what it prints is heard
    checkLog(apache, /AH00161/);
  });

  it('breaks off on SIGTERM what is live, runs close() and leaves in time', async () => {
    const apache = await start({ mpm, workers: mpm === 'prefork' ? 2 : 1 });
    const held = await begin('/app/held');
    const connection = await Connection.connect({ port: apache.port });
    const waiting = connection.request({ target: '/app/farewell' });
    await until('both are live', () => apache.errorLog().includes('farewell begins'));
    const begun = performance.now();
    expect(await apache.stop({ signal: 'SIGTERM' })).toBe(0);
    expect(performance.now() - begun).toBeLessThan(8000); // the parent kills a child after 9 s
    expect((await held.whenDone()).complete).toBe(false);
    expect((await waiting.whenDone()).complete).toBe(false);
    expect(apache.errorLog()).toContain('farewell ends: shutdown');
    checkLog(apache, /AH00161/, /farewell/);
    const closed = traced().filter((line) => line.startsWith('close'));
    expect(closed).toEqual(
      traced()
        .filter((line) => line.startsWith('init'))
        .map((line) => line.replace('init', 'close')),
    );
  });

  it.skipIf(!canPreload)('joins its threads, however late they end, before exit handlers run', async () => {
    const apache = await start({ mpm, workers: mpm === 'prefork' ? 2 : 1, env: lateThreads(300) });
    expect((await get('/app/pid')).status).toBe(200);
    const children = apache.workerPids();
    expect(await apache.stop({ signal: 'SIGTERM' })).toBe(0);
    const exits = exitsIn(apache.errorLog());
    expect(exits).toContain('0 of 3'); // keeper, recorder and an isolate
    expect(exits.filter((exit) => exit.startsWith('0 '))).toHaveLength(children.length);
    expect(handlersIn(apache.errorLog())).toBe(children.length);
    checkLog(apache, lateWords, /AH00161/);
  });

  it('as a single process serves, and leaves on SIGTERM', async () => {
    const apache = await start({ mpm, single: true });
    expect(JSON.parse((await get('/app/pid')).body.toString())).toEqual([apache.masterPid, false]);
    expect(await apache.stop()).toBe(0);
    expect(traced()).toEqual([`close in ${apache.masterPid}`, `init in ${apache.masterPid}`]);
    checkLog(apache);
  });
});

describe.each(['event', 'prefork'] as const)('%s', (mpm) => {
  it('leaves without an application that never closes', async () => {
    const script = join(makeScratch(), 'stubborn.mjs');
    writeFileSync(
      script,
      `export const close = () => new Promise((resolve) => setTimeout(resolve, 600_000));
      export const application = (environ, startResponse) => { startResponse('200 OK', []); return []; };`,
    );
    const apache = await start({ mpm, conf: { server: `TSGIScriptAlias /app ${script}` } });
    expect((await get('/app')).status).toBe(200);
    const [child = 0] = apache.workerPids();
    const begun = performance.now();
    process.kill(apache.masterPid, 'SIGTERM');
    await until('the child leaves', () => !isAlive(child));
    expect(performance.now() - begun).toBeGreaterThan(2000); // it was given its time
    expect(performance.now() - begun).toBeLessThan(8000); // nor had the parent to kill it, after 9 s
    expect(await apache.stop()).toBe(0);
    checkLog(apache, /AH00161/);
  });
});

describe.skipIf(!canPreload)('threads that do not end in time', () => {
  it('see no exit handler run', async () => {
    const apache = await start({ env: lateThreads(7000), conf: {} }); // without an application
    const [child = 0] = apache.workerPids();
    process.kill(apache.masterPid, 'SIGTERM');
    await until('the child leaves', () => !isAlive(child));
    expect(await apache.stop()).toBe(0);
    expect(exitsIn(apache.errorLog())).toEqual(['2 of 2']); // keeper and recorder
    expect(handlersIn(apache.errorLog())).toBe(0);
    checkLog(apache, lateWords, /AH00045/);
  });
});

describe('an isolate that is busy when its child is stopped', () => {
  it('ends without a fault although one more application is to be opened in it', async () => {
    const folder = makeScratch();
    const [busy, done] = [join(folder, 'busy'), join(folder, 'done')];
    for (const file of [busy, done]) {
      writeFileSync(file, '');
      chmodSync(file, 0o666);
    }
    const script = (name: string, body: string) => {
      writeFileSync(
        join(folder, name),
        `import { appendFileSync, readFileSync } from 'node:fs';
        export const application = (environ, startResponse) => { startResponse('200 OK', []); ${body} return ['']; };`,
      );
      return join(folder, name);
    };
    const wait = `setTimeout(() => {
      appendFileSync('${busy}', 'busy');
      while (readFileSync('${done}', 'latin1') === '');
    });`;
    const apache = await start({
      conf: {
        server: `
          TSGIScriptAlias /first ${script('first.mjs', wait)} group=one
          TSGIScriptAlias /second ${script('second.mjs', '')} group=one`,
      },
    });
    const [child = 0] = apache.workerPids();
    expect((await get('/first')).status).toBe(200);
    await until('the isolate is busy', () => readFileSync(busy, 'latin1') !== '');
    const connection = await Connection.connect({ port: apache.port });
    const incoming = connection.request({ target: '/second' });
    await until('the request is in the handler', async () => /^BusyWorkers: 2$/m.test(await apache.status()));
    const stopped = apache.stop({ signal: 'SIGTERM' });
    // The runtime's stop ends that thread first, and asks the isolates next.
    await until('the runtime is being stopped', () => !threadsOf(child).includes('tsgi-keeper'));
    writeFileSync(done, 'done');
    expect((await incoming.whenDone()).complete).toBe(false);
    expect(await stopped).toBe(0);
    checkLog(apache);
  });
});

describe('the parent', () => {
  it('never has the runtime, whichever configuration it reads', async () => {
    const apache = await start();
    expect((await get('/app/pid')).status).toBe(200);
    await apache.reload();
    expect((await get('/app/pid')).status).toBe(200);
    expect(mapsOf(apache.masterPid)).toContain('mod_tsgi.so');
    expect(mapsOf(apache.masterPid)).not.toMatch(/libtsgi|libnode/);
    expect(mapsOf(apache.workerPids()[0] ?? 0)).toMatch(/libtsgi[^]*libnode|libnode[^]*libtsgi/);
    checkLog(apache);
  });

  it('that only tests a configuration starts nothing', async () => {
    const conf = { server: `TSGIScriptAlias /app ${app('living.mjs')}` };
    const { ok, output } = await testApacheConfig({ conf, env: { LD_DEBUG: 'files' } });
    expect(ok).toBe(true);
    expect(output).toContain('mod_tsgi.so'); // the linker tells of each file
    expect(output).not.toMatch(/libtsgi\.so|libnode/);
  });
});

describe('SIGHUP', () => {
  it('replaces the children at once', async () => {
    const apache = await start();
    const [before] = apache.workerPids();
    const held = await begin('/app/held');
    process.kill(apache.masterPid, 'SIGHUP');
    expect((await held.whenDone()).complete).toBe(false);
    const pid = await until('a new child', () =>
      get('/app/pid').then(
        ({ body }) => (JSON.parse(body.toString()) as [number])[0],
        () => 0,
      ),
    );
    expect(pid).not.toBe(before);
    expect(traced()).toEqual([`close in ${before}`, `init in ${before}`, `init in ${pid}`].sort());
    checkLog(apache);
  });
});

describe('a graceful restart', () => {
  it('loads a script that has changed', async () => {
    const folder = makeScratch();
    const script = join(folder, 'app.mjs');
    const source = (text: string) =>
      `export const application = (environ, startResponse) => { startResponse('200 OK', []); return ['${text}']; };`;
    writeFileSync(script, source('old'));
    const apache = await start({ conf: { server: `TSGIScriptAlias / ${script}` } });
    expect((await get('/')).body.toString()).toBe('old');
    writeFileSync(script, source('new'));
    await apache.reload();
    expect((await get('/')).body.toString()).toBe('new');
    checkLog(apache);
  });

  it('is not tried with a configuration that apachectl finds wrong, and the server goes on', async () => {
    const apache = await start();
    const file = join(apache.folder, 'httpd.conf');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('living.mjs', 'no-such-script.mjs'));
    const [name = '', ...args] = [program, '-d', apache.folder, '-f', file, '-t'];
    expect(() => execFileSync(name, args, { stdio: 'pipe' })).toThrow(/TSGI4002 .*no-such-script\.mjs/);
    writeFileSync(file, text);
    expect((await get('/app/pid')).status).toBe(200);
    checkLog(apache);
  });
});

describe('a child that is killed', () => {
  it('is replaced by one that serves', async () => {
    const apache = await start();
    const [before = 0] = apache.workerPids();
    expect((await get('/app/pid')).status).toBe(200);
    process.kill(before, 'SIGKILL');
    const pid = await until('a new child', () =>
      get('/app/pid').then(
        ({ body }) => (JSON.parse(body.toString()) as [number])[0],
        () => 0,
      ),
    );
    expect(pid).not.toBe(before);
    checkLog(apache, /AH00051|AH00052/);
  });
});

describe('a runtime that cannot start', () => {
  it('leaves a server that serves the rest, and says why', async () => {
    const apache = await start({
      conf: {
        server: `TSGIScriptAlias /app ${app('living.mjs')}`,
        main: 'TSGINodeOptions --no-such-option',
      },
    });
    writeFileSync(join(apache.root, 'file.txt'), 'static');
    expect((await get('/file.txt')).body.toString()).toBe('static');
    expect((await get('/app/pid')).status).toBe(503);
    expect(apache.errorLog()).toMatch(/TSGI4012 .*no-such-option/);
    expect(apache.workerPids()).toHaveLength(1);
    checkLog(apache, /TSGI4012/);
  });

  it('because of its library is told by the linker', async () => {
    const folder = makeScratch();
    const module = join(folder, 'mod_tsgi.so');
    copyFileSync(nativePaths().apacheModule, module);
    writeFileSync(join(folder, 'libtsgi.so'), 'not a library');
    const apache = await start({ module });
    expect((await get('/app/pid')).status).toBe(503);
    expect(apache.errorLog()).toMatch(/TSGI4010 .*libtsgi\.so/);
    checkLog(apache, /TSGI4010/);
  });
});

describe('moved log files', () => {
  it('get what applications print after a graceful restart', async () => {
    const apache = await start();
    const log = join(apache.folder, 'error.log');
    expect((await get('/app/pid')).status).toBe(200);
    renameSync(log, `${log}.1`);
    await apache.reload();
    await until('the new file', () => existsSync(log));
    await get('/app/print?into-the-new-file');
    await until('the line', () => apache.errorLog().includes('printed into-the-new-file'));
    checkLog(apache, /printed/);
  });
});

describe.runIf(process.getuid?.() === 0)('an unprivileged user', () => {
  it('runs the children and the applications', async () => {
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
    const apache = await start({ application: script, conf: { server: `TSGIScriptAlias / ${script}` } });
    const status = readFileSync(`/proc/${apache.workerPids()[0]}/status`, 'utf8');
    const uid = /^Uid:\t(\d+)/m.exec(status)?.[1];
    expect((await get('/')).body.toString()).toBe(uid);
    checkLog(apache);
  });
});
