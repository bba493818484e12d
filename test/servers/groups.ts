/** Applications of one worker see nothing of one another; those of one group see everything. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Incoming } from '../support/http1';
import type { AnySite } from '../support/site';
import { app } from './app';

export interface Found {
  isolate: number;
  count: number;
  mark?: string;
  marked?: string;
  listeners: number;
  multithread: boolean;
  multiprocess: boolean;
  env: Record<string, string>;
  pid: number;
}

interface Own {
  /** Another virtual host with `one.mjs` at /one. */
  otherHost: () => number;
  /** Variables that /env has besides. */
  given: Record<string, string>;
}

/** Copies of `marks.mjs`. */
export function writeScripts(folder: string): void {
  mkdirSync(join(folder, 'other'));
  for (const name of ['one.mjs', 'two.mjs', 'other/three.mjs']) {
    cpSync(app('marks.mjs'), join(folder, name));
  }
}

export async function askMarks(
  site: AnySite,
  target: string,
  where = {},
  fields: [string, string][] = [],
): Promise<Found> {
  return JSON.parse(await site.text({ target, fields }, where)) as Found;
}

/**
 * `site` has `one.mjs` at /one, at /same, at /callable by its other name, at /env with variables of its own and at /threads
 * with two of them; `two.mjs` at /two; and in one group /shared-one and /shared-three. EVERYWHERE is everywhere.
 */
export function groupCases(site: AnySite, own: Own): void {
  applicationCases(site, own);
  environmentCases(site, own);
  threadCases(site);
}

function applicationCases(site: AnySite, own: Own): void {
  describe('applications', () => {
    it('have globals, modules and environments of their own', async () => {
      await askMarks(site, '/one/mark?of-one');
      const [one, two] = [await askMarks(site, '/one'), await askMarks(site, '/two')];
      expect(one).toMatchObject({ mark: 'of-one', listeners: 77, env: { MARK: 'of-one', PATH: '/marked' } });
      expect(two.mark).toBeUndefined();
      expect(two.marked).toBeUndefined();
      expect(two.listeners).toBe(10);
      expect(two.env).not.toHaveProperty('MARK');
      expect(two.env['PATH']).toBe(process.env['PATH']);
      expect(two.isolate).not.toBe(one.isolate);
      expect(two.pid).toBe(one.pid);
    });

    it('are one per script and virtual host', async () => {
      const [one, same] = [await askMarks(site, '/one'), await askMarks(site, '/same')];
      expect(same.isolate).toBe(one.isolate);
      expect(same.count).toBe(one.count + 1);
      expect((await askMarks(site, '/one', { port: own.otherHost() })).isolate).not.toBe(one.isolate);
    });

    it('are two when one script is called by two names, in one isolate', async () => {
      const [one, other] = [await askMarks(site, '/one'), await askMarks(site, '/callable')];
      expect(other.isolate).toBe(one.isolate);
    });
  });

  describe('a group', () => {
    it('shares all but the modules of its scripts', async () => {
      await askMarks(site, '/shared-one/mark?of-the-group');
      const three = await askMarks(site, '/shared-three');
      expect(three).toMatchObject({ mark: 'of-the-group', env: { MARK: 'of-the-group' }, count: 1 });
    });
  });
}

function environmentCases(site: AnySite, own: Own): void {
  describe('process.env', () => {
    it('has what the configuration gives, and nothing else of the server', async () => {
      const { env } = await askMarks(site, '/env');
      expect(env).toEqual({
        ...{ GIVEN: 'a=b', TSGI_TEST_PASSED: 'passed on', TZ: 'Asia/Tokyo', PATH: process.env['PATH'] },
        ...own.given,
        ...(process.env['LANG'] === undefined ? {} : { LANG: process.env['LANG'] }),
      });
      const other = (await askMarks(site, '/two')).env;
      expect(other).toMatchObject({ EVERYWHERE: 'everywhere' });
      expect(Object.keys(other).filter((name) => name.startsWith('TSGI_TEST'))).toEqual([]);
    });
  });
}

function threadCases(site: AnySite): void {
  describe('two threads', () => {
    it('are two isolates, which share the requests', async () => {
      const held: Incoming[] = [];
      for (let n = 0; n < 4; n++) {
        const connection = await site.connect();
        held.push(connection.request(site.marked('/threads/hold')));
        await held.at(-1)?.whenBytes(1);
      }
      const isolates = held.map(({ body }) => body.toString());
      expect(new Set(isolates).size).toBe(2);
      expect(isolates.filter((isolate) => isolate === isolates[0])).toHaveLength(2);
    });

    it('are known to the application', async () => {
      expect(await askMarks(site, '/threads')).toMatchObject({ multithread: true, multiprocess: false });
      expect(await askMarks(site, '/two')).toMatchObject({ multithread: false, multiprocess: false });
    });
  });
}
