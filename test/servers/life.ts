/** Workers come and go: graceful and quick stop, sudden death, new scripts, log files that are moved. */
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Connection } from '../support/http1';
import type { TestServer } from '../support/site';
import { until } from '../support/until';
import type { Lives } from './lives';

interface Ending<Options> {
  /** One worker as a rule; what is live when it is told to leave at once may take more. */
  one: Partial<Options>;
  enough: Partial<Options>;
  /** Asks a server to leave when its last request is over. */
  leave: NodeJS.Signals;
  /** Milliseconds within which it is gone that is told to leave at once. */
  atOnce: number;
  /** What the server logs of its end. */
  logs: Record<'leaving' | 'brokenOff', readonly RegExp[]>;
}

export function endingCases<Options extends object, Server extends TestServer>(
  lives: Lives<Options, Server>,
  { one, enough, leave, atOnce, logs }: Ending<Options>,
): void {
  it(`lets a live exchange end on ${leave}, runs close() and leaves`, async () => {
    const server = await lives.start(one);
    const [worker] = server.workerPids();
    const incoming = await lives.begin('/app/slow');
    const stopped = server.stop({ signal: leave });
    expect(await incoming.whenDone()).toMatchObject({ complete: true });
    expect(incoming.body.toString()).toBe('first rest');
    expect(await stopped).toBe(0);
    expect(lives.traced()).toEqual([`init in ${worker}`, `close in ${worker}`]);
    expect(server.errorLog()).toContain(`close in ${worker}`); // what it prints is heard
    lives.checkLog(...logs.leaving);
  });

  it(`is quick on ${leave} when nothing is live`, async () => {
    const server = await lives.start(one);
    expect((await lives.get('/app/pid')).status).toBe(200);
    const begun = performance.now();
    expect(await server.stop({ signal: leave })).toBe(0);
    expect(performance.now() - begun).toBeLessThan(4000);
    lives.checkLog(...logs.leaving);
  });

  it('breaks off on SIGTERM what is live, runs close() and leaves in time', async () => {
    const server = await lives.start(enough);
    const workers = server.workerPids();
    const held = await lives.begin('/app/held');
    const connection = await Connection.connect({ port: server.port });
    const waiting = connection.request({ target: '/app/farewell' });
    await until('both are live', () => server.errorLog().includes('farewell begins'));
    const begun = performance.now();
    expect(await server.stop({ signal: 'SIGTERM' })).toBe(0);
    expect(performance.now() - begun).toBeLessThan(atOnce);
    expect((await held.whenDone()).complete).toBe(false);
    expect((await waiting.whenDone()).complete).toBe(false);
    expect(server.errorLog()).toContain('farewell ends: shutdown');
    lives.checkLog(...logs.brokenOff, /farewell/);
    const traced = (what: string) =>
      lives
        .traced()
        .filter((line) => line.startsWith(what))
        .sort();
    expect(traced('init')).toEqual(workers.map((pid) => `init in ${pid}`).sort());
    expect(traced('close')).toEqual(workers.map((pid) => `close in ${pid}`).sort());
  });
}

interface Living<Options, Server> {
  /** The script at the root of the only server. */
  at: (script: string) => Partial<Options>;
  /** What the server logs of a worker that was killed. */
  killed: RegExp;
  /** Has the server open its log files again; resolves when it has. */
  reopen: (server: Server) => Promise<void>;
  /** The number of the user that its workers have where nobody may not read the checkout. */
  reader: string;
}

export function livingCases<Options extends object, Server extends TestServer>(
  lives: Lives<Options, Server>,
  own: Living<Options, Server>,
): void {
  reloadCases(lives, own);
  deathCases(lives, own);
  logCases(lives, own);
  userCases(lives, own);
}

const answering = (body: string) =>
  `export const application = (environ, startResponse) => { startResponse('200 OK', []); return [${body}]; };`;

function reloadCases<Options extends object, Server extends TestServer>(
  lives: Lives<Options, Server>,
  own: Living<Options, Server>,
): void {
  describe('a graceful restart', () => {
    it('loads a script that has changed', async () => {
      const script = join(lives.makeScratch(), 'app.mjs');
      writeFileSync(script, answering("'old'"));
      const server = await lives.start(own.at(script));
      expect((await lives.get('/')).body.toString()).toBe('old');
      writeFileSync(script, answering("'new'"));
      await server.reload();
      expect((await lives.get('/')).body.toString()).toBe('new');
      lives.checkLog();
    });
  });
}

function deathCases<Options extends object, Server extends TestServer>(
  lives: Lives<Options, Server>,
  own: Living<Options, Server>,
): void {
  describe('a worker that is killed', () => {
    it('is replaced by one that serves', async () => {
      const server = await lives.start();
      const [before = 0] = server.workerPids();
      expect((await lives.get('/app/pid')).status).toBe(200);
      process.kill(before, 'SIGKILL');
      const who = await until('an answer of a new worker', () => lives.who().catch(() => undefined));
      expect(who[0]).not.toBe(before);
      expect(who).toEqual([...server.workerPids(), false]);
      lives.checkLog(own.killed);
    });
  });
}

function logCases<Options extends object, Server extends TestServer>(
  lives: Lives<Options, Server>,
  own: Living<Options, Server>,
): void {
  describe('a log file that is moved', () => {
    it('is followed by a new one, which has what applications print', async () => {
      const server = await lives.start();
      const log = join(server.folder, 'error.log');
      expect((await lives.get('/app/pid')).status).toBe(200);
      await until('init() has run', () => server.errorLog().includes('init in'));
      renameSync(log, `${log}.1`);
      await own.reopen(server);
      await until('the new file', () => existsSync(log));
      await lives.get('/app/print?into-the-new-file');
      await until('the line', () => server.errorLog().includes('printed into-the-new-file'));
      lives.checkLog(/printed/);
    });
  });
}

function userCases<Options extends object, Server extends TestServer>(
  lives: Lives<Options, Server>,
  own: Living<Options, Server>,
): void {
  describe.runIf(process.getuid?.() === 0)('an unprivileged user', () => {
    it('runs the workers and the applications', async () => {
      const folder = lives.makeScratch();
      mkdirSync(join(folder, 'apps'));
      const script = join(folder, 'apps', 'whoami.mjs');
      writeFileSync(script, answering('String(process.getuid())'));
      chownSync(script, 65534, 65534);
      const server = await lives.start({ application: script, ...own.at(script) });
      const status = readFileSync(`/proc/${server.workerPids()[0]}/status`, 'utf8');
      const uid = /^Uid:\t(\d+)/m.exec(status)?.[1];
      expect((await lives.get('/')).body.toString()).toBe(uid);
      expect(['65534', own.reader]).toContain(uid);
      lives.checkLog();
    });
  });
}
