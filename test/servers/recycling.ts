/** One isolate takes the place of another when it has served its time, and goes when nobody needs it. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { descriptorsOf, residentBytes, sanitizersShare, threadsOf } from '../support/process';
import type { AnySite } from '../support/site';
import { until } from '../support/until';

/** What the configuration says of each mount; times in milliseconds. */
export interface Life {
  requests?: string;
  age?: number;
  idle?: number;
  graceful?: number;
  threads?: number;
  warmUp?: string;
}

export const lives: Record<string, Life> = {
  '/requests': { requests: '20' },
  '/load': { requests: '60 60', threads: 2 },
  '/graceful': { requests: '2', graceful: 1500 },
  '/held': { requests: '2' },
  '/age': { age: 1000 },
  '/idle': { idle: 1000 },
  '/warm': { requests: '2', warmUp: '/warm/warm-up?a=1' },
  '/broken': { requests: '2' },
  '/often': { requests: '2' },
  '/never': {},
};

/** A folder in which applications write, whoever their server's user is. */
export function openFolder(folder: string): string {
  const open = join(folder, 'open');
  mkdirSync(open, { recursive: true });
  chmodSync(folder, 0o755);
  chmodSync(open, 0o777);
  return open;
}

interface Answer {
  id: string;
  count: number;
  pid: number;
}

const ask = async (site: AnySite, mount: string) => (await site.json(mount)) as Answer;

/** What the isolates of a mount have written. */
function traced(site: AnySite, mount: string): string[] {
  const file = join(site.folder, 'open', `${mount.slice(1)}.trace`);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

const tell = (site: AnySite, name: string, text: string) => writeFileSync(join(site.folder, 'open', name), text);

/** Asks until another isolate answers. */
async function untilAnother(site: AnySite, mount: string, before: string): Promise<Answer> {
  return until(`another isolate than ${before} at ${mount}`, async () => {
    const answer = await ask(site, mount);
    return answer.id !== before && answer;
  });
}

const isolatesOf = (pid: number) => threadsOf(pid).filter((name) => name === 'tsgi-app').length;

export function recyclingCases(site: AnySite): void {
  requestCases(site);
  endingCases(site);
  successorCases(site);
  idlenessCases(site);
  growthCases(site);
}

function requestCases(site: AnySite): void {
  describe('after so many requests', () => {
    it('another isolate takes the place of the one that served them, in the same process', async () => {
      const first = await ask(site, '/requests');
      let last = first;
      await until('another isolate', async () => {
        const answer = await ask(site, '/requests');
        last = answer.id === first.id ? answer : last;
        return answer.id !== first.id && answer;
      });
      expect(last.count).toBeGreaterThanOrEqual(20);
      expect((await ask(site, '/requests')).pid).toBe(first.pid);
      await site.whenLogged(/TSGI3140 .* taken the place of another one, after 20 requests/);
      await until('the end of the first', () => traced(site, '/requests').includes(`close ${first.id}`));
      const ends = traced(site, '/requests').filter((line) => line.endsWith(first.id));
      expect(ends).toEqual([`init ${first.id}`, `SIGTERM ${first.id}`, `close ${first.id}`]);
    });

    it('no request fails, however many come', { timeout: 60_000 }, async () => {
      const ids = new Map<string, number>();
      const client = async () => {
        const connection = await site.connect();
        for (let n = 0; n < 250 || (ids.size < 5 && n < 5000); n++) {
          const reply = await connection.request({ target: '/load' }).whenDone();
          expect(reply).toMatchObject({ status: 200, complete: true });
          const { id } = JSON.parse(reply.body.toString()) as Answer;
          ids.set(id, (ids.get(id) ?? 0) + 1);
        }
        connection.close();
      };
      await Promise.all([client(), client(), client(), client()]);
      expect(ids.size).toBeGreaterThanOrEqual(5);
      const limits = site.logLines().flatMap((line) => /TSGI3140 .* after (\d+) requests/.exec(line)?.[1] ?? []);
      expect(new Set(limits).size).toBeGreaterThan(1);
    });
  });

  it('after a time another isolate takes the place', async () => {
    const first = await ask(site, '/age');
    await untilAnother(site, '/age', first.id);
    await site.whenLogged(/TSGI3140 .* because of its age/);
  });
}

function endingCases(site: AnySite): void {
  describe('when another isolate has taken the place', () => {
    it('what is under way ends where it began', async () => {
      const connection = await site.connect();
      const held = connection.request({ target: '/held/hold?release' });
      await held.whenBytes(1);
      const [id = ''] = held.body.toString().split(' ');
      const next = await untilAnother(site, '/held', id);
      expect(traced(site, '/held')).not.toContain(`close ${id}`);
      tell(site, 'release', '');
      expect((await held.whenDone()).body.toString()).toBe(`${id} ${id}`);
      await until('the end of the first', () => traced(site, '/held').includes(`close ${id}`));
      expect(next.id).not.toBe(id);
      connection.close();
    });

    it('what is under way for too long is broken off', async () => {
      site.expectLog(/TSGI3142 1 requests of an isolate .* are ended, after 1.5 s/, site.brokenOff);
      const connection = await site.connect();
      const held = connection.request({ target: '/graceful/hold?never' });
      await held.whenBytes(1);
      const [id = ''] = held.body.toString().split(' ');
      await untilAnother(site, '/graceful', id);
      expect((await held.whenDone()).complete).toBe(false);
      await until('the end of the first', () => traced(site, '/graceful').includes(`close ${id}`));
      connection.close();
    });
  });
}

function successorCases(site: AnySite): void {
  describe('an isolate that comes', () => {
    it('gets its warm-up request before any other', async () => {
      const first = await ask(site, '/warm');
      expect(traced(site, '/warm').slice(0, 2)).toEqual([`init ${first.id}`, `warm-up /warm a=1 ${first.id}`]);
      const next = await untilAnother(site, '/warm', first.id);
      expect(next.count).toBe(1);
      expect(traced(site, '/warm')).toContain(`warm-up /warm a=1 ${next.id}`);
    });

    it('and fails its warm-up request does not take the place', async () => {
      site.expectLog(/TSGI3141 .* and could not: .*GET \/warm\/warm-up\?a=1 was answered with status 503/, /TSGI1025 /);
      site.allowLog(/TSGI3141 /, /TSGI1025 /);
      const { id } = await ask(site, '/warm');
      tell(site, 'warm.warm-up', '503 Service Unavailable');
      const sitting = await ask(site, '/warm').then(async (answer) =>
        answer.id === id ? answer : untilAnother(site, '/warm', id),
      );
      await ask(site, '/warm');
      await ask(site, '/warm');
      await site.whenLogged(/TSGI3141 /);
      const now = await ask(site, '/warm');
      expect(now.count).toBeGreaterThan(1);
      tell(site, 'warm.warm-up', '');
      await untilAnother(site, '/warm', now.id);
      expect(sitting.pid).toBe(now.pid);
    });

    it('and fails to start does not take the place, and another is tried', async () => {
      site.expectLog(/TSGI3141 .* and could not: .*generation\.mjs: Error: init was told to reject/, /TSGI1022 /);
      site.allowLog(/TSGI3141 /, /TSGI1022 /);
      const first = await ask(site, '/broken');
      tell(site, 'broken.init', 'reject');
      await ask(site, '/broken');
      await site.whenLogged(/TSGI3141 /);
      expect((await ask(site, '/broken')).id).toBe(first.id);
      tell(site, 'broken.init', '');
      await untilAnother(site, '/broken', first.id);
    });
  });
}

function idlenessCases(site: AnySite): void {
  describe('without a request for so long', () => {
    it('there is no isolate, until there is one again', async () => {
      const first = await ask(site, '/idle');
      const before = isolatesOf(site.worker);
      await until('it is closed', () => traced(site, '/idle').includes(`close ${first.id}`));
      await until('its thread has gone', () => isolatesOf(site.worker) < before);
      const answers = await Promise.all([ask(site, '/idle'), ask(site, '/idle'), ask(site, '/idle')]);
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
      expect(answers[0]?.id).not.toBe(first.id);
      expect(answers[0]?.pid).toBe(first.pid);
    });

    it('there is one where nobody says so, whatever others do', async () => {
      const { id } = await ask(site, '/never');
      const other = await ask(site, '/idle');
      await until('the other is closed', () => traced(site, '/idle').includes(`close ${other.id}`));
      expect((await ask(site, '/never')).id).toBe(id);
      expect(traced(site, '/never')).toEqual([`init ${id}`]);
    });
  });
}

const WARM = 6;
const ROUNDS = 30;
/** What the figure varies by, however many rounds there are. */
const MOST = 24 << 20;

function growthCases(site: AnySite): void {
  it('isolates leave nothing behind', { timeout: 300_000 }, async () => {
    const rounds = async (count: number) => {
      for (let n = 0, { id } = await ask(site, '/often'); n < count; n++) {
        ({ id } = await untilAnother(site, '/often', id));
      }
    };
    const quiet = () =>
      until('those that retire have gone', () => {
        const lines = traced(site, '/often');
        const ended = (what: string) => lines.filter((line) => line.startsWith(what)).length;
        return ended('init') - ended('close') === 1;
      });
    await rounds(WARM);
    await quiet();
    const threads = threadsOf(site.worker).length;
    const descriptors = descriptorsOf(site.worker).size;
    const resident = residentBytes(site.worker);
    await rounds(ROUNDS);
    await quiet();
    await until('as many threads as before', () => threadsOf(site.worker).length <= threads);
    await until('as many descriptors', () => descriptorsOf(site.worker).size <= descriptors);
    expect(residentBytes(site.worker) - resident).toBeLessThan(MOST + sanitizersShare);
  });
}
