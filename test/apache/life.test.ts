/** Children of Apache come and go: graceful and quick stop, restart, sudden death, moved log files, a single process. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mpms } from '../../scripts/lib/apache-config.mjs';
import { program, startApache, testApacheConfig, type ApacheOptions } from '../../scripts/lib/apache-server.mjs';
import { nativePaths } from '../../scripts/lib/paths.mjs';
import { endingCases, livingCases } from '../servers/life';
import { useLives } from '../servers/lives';
import { Connection } from '../support/http1';
import { canPreload, exitsIn, handlersIn, lateThreads, lateWords } from '../support/late-threads';
import { isAlive, threadsOf } from '../support/process';
import { until } from '../support/until';
import { app, faultsOf } from './apache';

const lives = useLives({
  // One child, so that it is known which one serves.
  start: (options: ApacheOptions) => startApache({ workers: 1, ...options }),
  faultsOf,
  living: (trace) => ({
    conf: { server: `TSGISetProcessEnv TRACE ${trace}\nTSGIScriptAlias /app ${app('living.mjs')}` },
  }),
});

const mapsOf = (pid: number) => readFileSync(`/proc/${pid}/maps`, 'utf8');

describe.each(mpms)('%s', (mpm) => {
  endingCases(lives, {
    one: { mpm },
    enough: { mpm, workers: mpm === 'prefork' ? 2 : 1 },
    leave: 'SIGWINCH',
    atOnce: 8000, // the parent kills a child after 9 s
    logs: { leaving: [/AH00161/], brokenOff: [/AH00161/] },
  });

  it('as a single process serves, and leaves on SIGTERM', async () => {
    const apache = await lives.start({ mpm, single: true });
    expect(await lives.who()).toEqual([apache.masterPid, false]);
    expect(await apache.stop()).toBe(0);
    expect(lives.traced()).toEqual([`init in ${apache.masterPid}`, `close in ${apache.masterPid}`]);
    lives.checkLog();
  });

  it.skipIf(!canPreload)('joins its threads, however late they end, before exit handlers run', async () => {
    const apache = await lives.start({ mpm, workers: mpm === 'prefork' ? 2 : 1, env: lateThreads(300) });
    expect((await lives.get('/app/pid')).status).toBe(200);
    const children = apache.workerPids();
    expect(await apache.stop({ signal: 'SIGTERM' })).toBe(0);
    const exits = exitsIn(apache.errorLog());
    expect(exits).toContain('0 of 5'); // keeper, watchdog, watch, recorder and an isolate
    expect(exits.filter((exit) => exit.startsWith('0 '))).toHaveLength(children.length);
    expect(handlersIn(apache.errorLog())).toBe(children.length);
    lives.checkLog(lateWords, /AH00161/);
  });
});

livingCases(lives, {
  at: (script) => ({ conf: { server: `TSGIScriptAlias / ${script}` } }),
  killed: /AH00051|AH00052/,
  reopen: (apache) => apache.reload(),
  reader: '33', // www-data, who is lent the right
});

describe.each(['event', 'prefork'] as const)('%s', (mpm) => {
  it('leaves without an application that never closes', async () => {
    const script = join(lives.makeScratch(), 'stubborn.mjs');
    writeFileSync(
      script,
      `export const close = () => new Promise((resolve) => setTimeout(resolve, 600_000));
      export const application = (environ, startResponse) => { startResponse('200 OK', []); return []; };`,
    );
    const apache = await lives.start({ mpm, conf: { server: `TSGIScriptAlias /app ${script}` } });
    expect((await lives.get('/app')).status).toBe(200);
    const [child = 0] = apache.workerPids();
    const begun = performance.now();
    process.kill(apache.masterPid, 'SIGTERM');
    await until('the child leaves', () => !isAlive(child));
    expect(performance.now() - begun).toBeGreaterThan(2000); // it was given its time
    expect(performance.now() - begun).toBeLessThan(8000); // nor had the parent to kill it, after 9 s
    expect(await apache.stop()).toBe(0);
    lives.checkLog(/AH00161/); // of prefork, that there is but one
  });
});

describe.skipIf(!canPreload)('threads that do not end in time', () => {
  it('see no exit handler run', async () => {
    const apache = await lives.start({ env: lateThreads(7000), conf: {} }); // without an application
    const [child = 0] = apache.workerPids();
    process.kill(apache.masterPid, 'SIGTERM');
    await until('the child leaves', () => !isAlive(child));
    expect(await apache.stop()).toBe(0);
    expect(exitsIn(apache.errorLog())).toEqual(['4 of 4']); // keeper, watchdog, watch and recorder
    expect(handlersIn(apache.errorLog())).toBe(0);
    lives.checkLog(lateWords, /AH00045/);
  });
});

describe('an isolate that is busy when its child is stopped', () => {
  it('ends without a fault although one more application is to be opened in it', async () => {
    const folder = lives.makeScratch();
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
    const apache = await lives.start({
      conf: {
        server: `
          TSGIScriptAlias /first ${script('first.mjs', wait)} group=one
          TSGIScriptAlias /second ${script('second.mjs', '')} group=one`,
      },
    });
    const [child = 0] = apache.workerPids();
    expect((await lives.get('/first')).status).toBe(200);
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
    lives.checkLog();
  });
});

describe('the parent', () => {
  it('never has the runtime, whichever configuration it reads', async () => {
    const apache = await lives.start();
    expect((await lives.get('/app/pid')).status).toBe(200);
    await apache.reload();
    expect((await lives.get('/app/pid')).status).toBe(200);
    expect(mapsOf(apache.masterPid)).toContain('mod_tsgi.so');
    expect(mapsOf(apache.masterPid)).not.toMatch(/libtsgi|libnode/);
    expect(mapsOf(apache.workerPids()[0] ?? 0)).toMatch(/libtsgi[^]*libnode|libnode[^]*libtsgi/);
    lives.checkLog();
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
    const apache = await lives.start();
    const [before] = apache.workerPids();
    const held = await lives.begin('/app/held');
    process.kill(apache.masterPid, 'SIGHUP');
    expect((await held.whenDone()).complete).toBe(false);
    const pid = await until('a new child', () =>
      lives.who().then(
        ([pid]) => pid,
        () => 0,
      ),
    );
    expect(pid).not.toBe(before);
    expect(lives.traced().sort()).toEqual([`close in ${before}`, `init in ${before}`, `init in ${pid}`].sort());
    lives.checkLog();
  });
});

describe('a graceful restart', () => {
  it('is not tried with a configuration that apachectl finds wrong, and the server goes on', async () => {
    const apache = await lives.start();
    const file = join(apache.folder, 'httpd.conf');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('living.mjs', 'no-such-script.mjs'));
    const [name = '', ...args] = [program, '-d', apache.folder, '-f', file, '-t'];
    expect(() => execFileSync(name, args, { stdio: 'pipe' })).toThrow(/TSGI4002 .*no-such-script\.mjs/);
    writeFileSync(file, text);
    expect((await lives.get('/app/pid')).status).toBe(200);
    lives.checkLog();
  });
});

describe('a runtime that cannot start', () => {
  it('leaves a server that serves the rest, and says why', async () => {
    const apache = await lives.start({
      conf: {
        server: `TSGIScriptAlias /app ${app('living.mjs')}`,
        main: 'TSGINodeOptions --no-such-option',
      },
    });
    writeFileSync(join(apache.root, 'file.txt'), 'static');
    expect((await lives.get('/file.txt')).body.toString()).toBe('static');
    expect((await lives.get('/app/pid')).status).toBe(503);
    expect(apache.errorLog()).toMatch(/TSGI4012 .*no-such-option/);
    expect(apache.workerPids()).toHaveLength(1);
    lives.checkLog(/TSGI4012/);
  });

  it('because of its library is told by the linker', async () => {
    const folder = lives.makeScratch();
    const module = join(folder, 'mod_tsgi.so');
    copyFileSync(nativePaths().apacheModule, module);
    writeFileSync(join(folder, 'libtsgi.so'), 'not a library');
    const apache = await lives.start({ module });
    expect((await lives.get('/app/pid')).status).toBe(503);
    expect(apache.errorLog()).toMatch(/TSGI4010 .*libtsgi\.so/);
    lives.checkLog(/TSGI4010/);
  });
});
