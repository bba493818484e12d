/** Requests that wait for their application, how many may and for how long. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../support/http1';
import { valuesOf, type Reply } from '../support/reply';
import type { AnySite } from '../support/site';
import { until } from '../support/until';

/** What the configuration says of each mount of `queue.mjs`, in a group of its own each; nobody is stuck too long. */
export interface Limits {
  size?: number | 'off';
  /** Milliseconds. */
  timeout?: number | 'off';
  /** An error page for 503, at another application. */
  page?: string;
  /** GATE in its environment. */
  gate?: boolean;
}

export const mounts: Record<string, Limits> = {
  '/size': { size: 2, timeout: 'off' },
  '/left': { size: 2, timeout: 'off' },
  '/any': { size: 'off', timeout: 'off' },
  '/time': { timeout: 200 },
  '/page': { size: 1, timeout: 'off', page: '/apology/sorry' },
  '/apology': {},
  '/loading': { size: 2, timeout: 400, gate: true },
};

const FULL = /TSGI3005 503 to \d+: as many as may wait for group "[^"]+" do so already/;
const LATE = /TSGI3006 503 to \d+: they have waited too long for group "[^"]+"/;

/** Where an application may write, whoever its server's user is. */
export function openFolder(folder: string): string {
  const open = join(folder, 'open');
  mkdirSync(open, { recursive: true });
  chmodSync(open, 0o777);
  return open;
}

export const gateOf = (folder: string): string => join(openFolder(folder), 'gate');

const outcomeOf = (reply: Reply) => [reply.status, ...valuesOf(reply, 'Retry-After')];
const REFUSED = [503, '10'];
const SERVED = [200];

let holds = 0;

/** The application at `mount` is there; the answer is how often it has been called. */
async function whenLoaded(site: AnySite, mount: string): Promise<number> {
  site.allowLog(LATE);
  const calls = async () => {
    const reply = await site.request(mount);
    return reply.status === 200 && Number(reply.body.toString());
  };
  return until('the application to be there', calls);
}

/** The thread of the application at `mount` is held; the answer lets it go on. */
async function hold(site: AnySite, mount: string): Promise<() => Promise<void>> {
  const sign = join(openFolder(site.folder), `held-${++holds}`);
  const held = site.request(`${mount}/held?${sign}`);
  await until('the application to be held', () => existsSync(sign));
  return async () => {
    writeFileSync(`${sign}.open`, '');
    expect(outcomeOf(await held)).toEqual(SERVED);
  };
}

/** So many requests at a time, of which each is noted when it is answered. */
function ask(site: AnySite, target: string, count: number): { answered: Reply[]; all: Promise<unknown> } {
  const answered: Reply[] = [];
  const one = async () => answered.push(await site.request(target));
  return { answered, all: Promise.all(Array.from({ length: count }, one)) };
}

const replyOn = (site: AnySite, connection: Connection) => connection.request(site.marked('/left')).whenDone();

const leaversOf = (site: AnySite) =>
  site.logLines().filter((line) => line.includes('prematurely closed connection')).length;

const outcomesOf = (replies: Reply[]) => replies.map(outcomeOf).sort();

export function queueCases(site: AnySite): void {
  sizeCases(site);
  timeCases(site);
  loadingCases(site);
}

function sizeCases(site: AnySite): void {
  describe('a queue that is full', () => {
    it.each(['once', 'and again: every place has come back'])('refuses who comes then, at once (%s)', async (time) => {
      (time === 'once' ? site.expectLog.bind(site) : site.allowLog.bind(site))(FULL); // one a second
      await whenLoaded(site, '/size');
      const release = await hold(site, '/size');
      const { answered, all } = ask(site, '/size', 3);
      await until('one of them to be refused', () => answered.length === 1);
      expect(outcomesOf(answered)).toEqual([REFUSED]);
      expect(outcomeOf(await site.request('/size'))).toEqual(REFUSED);
      expect(outcomeOf(await site.request({ method: 'POST', target: '/size', body: 'abc' }))).toEqual(REFUSED);
      expect(await site.text('/any')).toMatch(/^\d+$/); // other groups are not concerned
      await release();
      await all;
      expect(outcomesOf(answered)).toEqual([SERVED, SERVED, REFUSED]);
    });

    it('has room again when clients leave that waited, and their requests never begin', async () => {
      site.expectLog(FULL);
      const before = await whenLoaded(site, '/left');
      const release = await hold(site, '/left');
      const connections = await Promise.all([site.connect(), site.connect(), site.connect()]);
      const first = await Promise.race(connections.map((connection) => replyOn(site, connection)));
      expect(outcomeOf(first)).toEqual(REFUSED);
      connections.forEach((connection) => connection.close());
      await until('the server to see two of them leave', () => leaversOf(site) === 2);
      const { answered, all } = ask(site, '/left', 3);
      await until('one of them to be refused', () => answered.length === 1);
      await release();
      await all;
      expect(outcomesOf(answered)).toEqual([SERVED, SERVED, REFUSED]);
      // Held, those two, and this.
      expect(Number(await site.text('/left'))).toBe(before + 4);
    });

    it('is there only where there is a limit', async () => {
      await whenLoaded(site, '/any');
      const release = await hold(site, '/any');
      const { answered, all } = ask(site, '/any', 10);
      expect(await site.text('/apology')).toMatch(/^\d+$/);
      expect(answered).toEqual([]);
      await release();
      await all;
      expect(answered.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    });

    it('says when to come again behind an error page too', async () => {
      site.expectLog(FULL);
      await whenLoaded(site, '/page');
      const release = await hold(site, '/page');
      const { answered, all } = ask(site, '/page', 2);
      await until('one of them to be refused', () => answered.length === 1);
      const [refused] = answered as [Reply];
      expect([refused.body.toString(), ...valuesOf(refused, 'Retry-After')]).toEqual(['sorry', '10']);
      await release();
      await all;
    });
  });
}

function timeCases(site: AnySite): void {
  describe('a request that waits for too long', () => {
    it('is refused, and its application never sees it', async () => {
      site.expectLog(LATE);
      const before = await whenLoaded(site, '/time');
      const release = await hold(site, '/time');
      const began = performance.now();
      const replies = await Promise.all([
        site.request('/time'),
        site.request({ method: 'POST', target: '/time', body: 'abc' }),
      ]);
      expect(replies.map(outcomeOf)).toEqual([REFUSED, REFUSED]);
      expect(performance.now() - began).toBeGreaterThan(190);
      await release(); // what had begun is not concerned
      expect(Number(await site.text('/time'))).toBe(before + 2);
    });
  });
}

function loadingCases(site: AnySite): void {
  it('both limits hold while an application is loading', async () => {
    site.expectLog(FULL, LATE);
    const { answered, all } = ask(site, '/loading', 3);
    await until('one of them to be refused', () => answered.length === 1);
    await all;
    expect(outcomesOf(answered)).toEqual([REFUSED, REFUSED, REFUSED]);
    writeFileSync(gateOf(site.folder), '');
    expect(await whenLoaded(site, '/loading')).toBe(1);
  });
}
