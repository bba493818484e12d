/** How long an application may take until it can be called. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../support/reply';
import type { AnySite } from '../support/site';
import { until } from '../support/until';

interface Slow {
  /** Its extension says what it is. */
  file: string;
  source: string;
  /** It is loaded when the server starts. */
  preload?: true;
  /** Milliseconds that it may be stuck, else as many as by default. */
  stall?: number;
}

const APPLICATION = `(environ, startResponse) => { startResponse('200 OK', []); return ['up']; }`;

/** By the mount, each in a group of its own with TIMEOUT. */
export const slow: Record<string, Slow> = {
  '/await': { file: 'await.mjs', source: `await new Promise(() => {}); export const application = ${APPLICATION};` },
  '/init': {
    file: 'init.cjs',
    source: `exports.init = () => new Promise(() => {}); exports.application = ${APPLICATION};`,
  },
  '/late': {
    file: 'late.cjs',
    source: `exports.init = () => new Promise((resolve) => setTimeout(resolve, 3500)); exports.application = ${APPLICATION};`,
  },
  '/loop': { file: 'loop.cjs', source: `for (;;);`, preload: true, stall: 500 },
  '/in-time': { file: 'in-time.cjs', source: `exports.application = ${APPLICATION};`, preload: true },
};

/** Milliseconds: more than a busy machine takes to load them. */
export const TIMEOUT = 2000;

/** What the server logs from its start on. */
export const startsWith = [/TSGI3104 /];

export function scriptOf(mount: string, folder: string): string {
  const { file, source } = slow[mount] as Slow;
  writeFileSync(join(folder, file), source);
  return join(folder, file);
}

/** `site` has the `slow` ones. */
export function startupCases(site: AnySite): void {
  describe('an application that does not come up', () => {
    it.each([
      ['/await', 'its modules have not been evaluated'],
      ['/init', 'init\\(\\) has not settled'],
    ])('is given up when its time is over: %s', async (mount, text) => {
      site.expectLog(new RegExp(`TSGI1026 .* ${text} within 2 s`), new RegExp(`TSGI1024 .* ${text}`));
      const began = performance.now();
      const reply = await site.request(mount);
      expect([reply.status, ...valuesOf(reply, 'Retry-After')]).toEqual([503, '10']);
      expect(reply.body.toString()).not.toContain('TSGI');
      expect(performance.now() - began).toBeGreaterThan(TIMEOUT - 50);
    });

    it('is answered for at once from then on', async () => {
      site.expectLog(/TSGI1024 /);
      expect((await site.request('/await')).status).toBe(503);
    });

    it('is served if it comes up after all', async () => {
      site.expectLog(/TSGI1026 /, /TSGI1024 /, /TSGI1027 .* has come up after all/);
      site.allowLog(/TSGI3121 /); // of the one that loops, on a slow machine
      expect((await site.request('/late')).status).toBe(503);
      await until('it is up', async () => (await site.request('/late')).status === 200, { within: 20_000 });
    });

    it('is stopped where it loops, but not before its time is over', async () => {
      const stops = /TSGI3104 .* has not come back to its event loop for (\d+) ms/;
      const stopped = await until('it is stopped', () => stops.exec(site.server.errorLog()) ?? undefined);
      expect(Number(stopped[1])).toBeGreaterThanOrEqual(TIMEOUT);
    });
  });

  it('one that comes up in time is served', async () => {
    expect(await site.text('/in-time')).toBe('up');
  });
}
