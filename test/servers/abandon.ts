/** Applications whose thread blocks outside of JavaScript, where it cannot be stopped. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Connection, type Incoming } from '../support/http1';
import type { TestServer } from '../support/site';
import type { Reply } from '../support/reply';
import { until } from '../support/until';
import { app } from './app';
import type { Lives } from './lives';

/** Each an application of its own, which may keep its loop for a second; `/file.txt` is the server's. */
export const mounts = ['/stuck', '/again', '/other'];
export const script = app('blocking.mjs');

/** What the server says of a broken response, and of a process that leaves before its time. */
interface Words {
  broken: RegExp;
  retires: RegExp;
  /** Of no account. */
  other?: readonly RegExp[];
}

type Any = Lives<object, TestServer>;

const ABANDONED = /TSGI3130 /;
const RETURNED = /TSGI3131 /;
const RETIRES = /TSGI3132 two threads of applications have been abandoned in this process/;

/** What blocks: one that ends with the test, whatever becomes of it. */
class Obstacle {
  readonly path: string;

  constructor(lives: Any, fifo: boolean) {
    const folder = lives.makeScratch();
    chmodSync(folder, 0o777);
    this.path = join(folder, 'obstacle');
    if (fifo) {
      execFileSync('mkfifo', ['-m', '666', this.path]);
    } else {
      writeFileSync(this.path, '');
    }
  }

  whenBegun(): Promise<boolean> {
    return until('the thread blocks', () => existsSync(`${this.path}.begun`));
  }

  /** The call of a child process returns. */
  remove(): void {
    rmSync(this.path);
  }
}

const send = async (lives: Any, target: string): Promise<Incoming> =>
  (await Connection.connect({ port: lives.server.port })).request({ target });
const textOf = async (lives: Any, target: string) => (await lives.get(target)).body.toString();
const logged = (lives: Any, words: RegExp) =>
  until(`${words.source} in the log`, () => words.exec(lives.server.errorLog()));

export function abandonCases<Options extends object, Server extends TestServer>(
  lives: Lives<Options, Server>,
  words: Words,
): void {
  describe('a thread that blocks outside of JavaScript', () => {
    replaceCases(lives, words);
    returnCases(lives);
  });
  retireCases(lives, words, {});
}

function replaceCases(lives: Any, words: Words): void {
  it.each([
    ['child', false],
    ['read', true],
    ['timer', true],
  ])('is replaced, and only what it had begun fails: %s', async (deed, fifo) => {
    const server = await lives.start();
    writeFileSync(join(server.root, 'file.txt'), 'static');
    const workers = server.workerPids();
    const before = await textOf(lives, '/stuck/id');
    const other = await textOf(lives, '/other/id');
    const obstacle = new Obstacle(lives, fifo);
    const stuck = await send(lives, `/stuck/${deed}?${obstacle.path}`);
    await obstacle.whenBegun();
    const queued = await Promise.all(Array.from({ length: 5 }, () => send(lives, '/stuck/id')));
    let rounds = 0;
    while (stuck.state === 'open') {
      expect(await textOf(lives, '/file.txt')).toBe('static');
      expect(await textOf(lives, '/other/id')).toBe(other);
      rounds++;
    }
    expect(rounds).toBeGreaterThan(10);
    expect(stuck.head?.status).toBe(504);

    const answers = await Promise.all(queued.map((incoming) => incoming.whenDone()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.toString())).size).toBe(1);
    expect(answers[0]?.body.toString()).not.toBe(before);
    expect(server.workerPids()).toEqual(workers);
    await logged(lives, /TSGI3130 +in flight: /);
    expectRecord(server.errorLog(), deed);
    lives.checkLog(ABANDONED);
    expect(await server.stop()).toBe(0); // nobody waits for that thread
  });

  it('has the stream reset that it had begun', async () => {
    await lives.start();
    const stream = await send(lives, `/stuck/stream?${new Obstacle(lives, true).path}`);
    await stream.whenBytes(5);
    expect(await stream.whenDone()).toMatchObject({ complete: false });
    expect(stream.body.toString()).toBe('first');
    expect(stream.head?.status).toBe(200);
    expect((await lives.get('/stuck/id')).status).toBe(200);
    lives.checkLog(ABANDONED, words.broken);
  });
}

function expectRecord(log: string, deed: string): void {
  expect(log).toMatch(
    /TSGI3130 the application's thread has not come back .* for \d+ ms, .* is abandoned and replaced \(up \d+\.\d{3} s, \d+ requests\)/,
  );
  expect(log).toMatch(new RegExp(`TSGI3130 +in flight: GET /stuck/${deed}\\?`));
  expect(log.match(/in flight: /g)).toHaveLength(1);
}

function returnCases(lives: Any): void {
  it('ends without a word of its application when it comes back', async () => {
    const server = await lives.start();
    const [worker = 0] = server.workerPids();
    const threads = () => readdirSync(`/proc/${worker}/task`);
    await textOf(lives, '/stuck/id');
    const before = threads();
    const obstacle = new Obstacle(lives, false);
    expect((await lives.get(`/stuck/child?${obstacle.path}`)).status).toBe(504);
    const after = await textOf(lives, '/stuck/id');
    expect(threads()).toEqual(expect.arrayContaining(before));
    obstacle.remove();
    await logged(lives, /TSGI3131 an abandoned thread has come back after \d+ ms, and ends/);
    await until('it has ended', () => before.some((thread) => !threads().includes(thread)));
    expect(await textOf(lives, '/stuck/id')).toBe(after);
    const log = server.errorLog();
    expect(log).toMatch(/TSGI3131 +at .*child \(file:.*blocking\.mjs:\d+:\d+\)/);
    expect(log).not.toMatch(/the application goes on|TSGI3104/);
    expect(server.workerPids()).toEqual([worker]);
    lives.checkLog(ABANDONED, RETURNED);
  });

  it('is stopped as any other where V8 itself waits', async () => {
    await lives.start();
    expect((await lives.get(`/stuck/wait?${new Obstacle(lives, false).path}`)).status).toBe(500);
    await logged(lives, /TSGI3104 +at .*wait \(file:.*blocking\.mjs/);
    lives.checkLog(/TSGI3104/);
  });
}

/** A thread of the server that runs the application is stuck itself, and so is its client; nobody else is. */
export function visitCases<Options extends object, Server extends TestServer>(
  lives: Lives<Options, Server>,
  options: Partial<Options>,
): void {
  it('a thread of the server that is stuck in an application keeps back its own request alone', async () => {
    const server = await lives.start(options);
    await textOf(lives, '/stuck/id');
    await textOf(lives, '/stuck/id'); // the isolate is asleep, as a rule
    const obstacle = new Obstacle(lives, false);
    const stuck = await send(lives, `/stuck/child?${obstacle.path}`);
    await obstacle.whenBegun();
    const [worker] = server.workerPids();
    const queued = await Promise.all([1, 2].map(() => send(lives, '/stuck/id')));
    for (const incoming of queued) {
      expect((await incoming.whenDone()).status).toBe(200);
    }
    expect((await lives.get('/stuck/id')).status).toBe(200);
    obstacle.remove();
    expect((await stuck.whenDone()).status).toBe(504);
    await logged(lives, RETURNED);
    expect((await lives.get('/stuck/id')).status).toBe(200);
    expect(server.workerPids()).toEqual([worker]);
    expect(server.errorLog()).not.toMatch(/the application goes on/);
    lives.checkLog(ABANDONED, RETURNED);
    expect(await server.stop()).toBe(0);
  });
}

/** Threads of the server that are stuck in applications do not keep their process for ever. */
export function leaveCases<Options extends object, Server extends TestServer>(
  lives: Lives<Options, Server>,
  words: Words,
  options: Partial<Options>,
  visitor: string,
): void {
  it('a process whose own threads are stuck leaves in the end', { timeout: 120_000 }, async () => {
    const server = await lives.start(options);
    const [before = 0] = server.workerPids();
    for (const mount of ['/stuck', '/again']) {
      await until('a visitor', async () => (await textOf(lives, `${mount}/name`)) === visitor);
      const obstacle = new Obstacle(lives, false);
      await send(lives, `${mount}/child?${obstacle.path}`);
      await obstacle.whenBegun();
    }
    await logged(lives, RETIRES);
    await until('the process leaves', () => !server.workerPids().includes(before), { within: 60_000 });
    const other = await until('an answer of another', () => lives.get('/other/id').catch(() => undefined));
    expect(other.status).toBe(200);
    expect(other.body.toString()).not.toContain(` in ${before}`);
    lives.checkLog(ABANDONED, RETIRES, words.retires, ...(words.other ?? []));
    expect(await server.stop()).toBe(0);
  });
}

/** Where the only thread of a process is stuck, others wait as long. */
async function patiently(lives: Any, target: string): Promise<Reply> {
  const connection = await Connection.connect({ port: lives.server.port });
  const incoming = connection.request({ target, fields: [['Connection', 'close']] });
  const reply = await incoming.whenDone(40_000);
  connection.close();
  return reply;
}

/** Asks again and again, until it is told to stop: each time another connection. */
async function ask(lives: Any, goOn: () => boolean): Promise<Set<string>> {
  const answers = new Set<string>();
  while (goOn()) {
    const { status, body } = await patiently(lives, '/other/id');
    expect([status, body.toString()]).toEqual([200, expect.stringContaining(' in ')]);
    answers.add(body.toString());
  }
  return answers;
}

export function retireCases<Options extends object, Server extends TestServer>(
  lives: Lives<Options, Server>,
  words: Words,
  options: Partial<Options>,
): void {
  it(
    'a process that has abandoned two threads is replaced, and no request of others fails',
    { timeout: 90_000 },
    async () => {
      const server = await lives.start(options);
      const [before] = server.workerPids();
      let goOn = true;
      const answers = ask(lives, () => goOn);
      for (const mount of ['/stuck', '/again']) {
        expect((await patiently(lives, `${mount}/read?${new Obstacle(lives, true).path}`)).status).toBe(504);
      }
      const after = await until(
        'another process',
        () => server.workerPids().find((pid) => pid !== before && !server.workerPids().includes(before ?? 0)),
        { within: 30_000 },
      );
      await until('it answers', async () => (await lives.get('/again/id')).body.toString().endsWith(` in ${after}`));
      goOn = false;
      expect([...(await answers)].map((answer) => Number(/\d+$/.exec(answer)?.[0]))).toEqual([before, after]);
      expect(server.errorLog()).toMatch(RETIRES);
      expect(server.errorLog()).toMatch(words.retires);
      lives.checkLog(ABANDONED, RETIRES, words.retires, ...(words.other ?? []));
      expect(await server.stop()).toBe(0);
    },
  );
}
