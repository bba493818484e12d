/** Threads that run JavaScript give way to those of the server. */
import { getPriority } from 'node:os';
import { describe, expect, it } from 'vitest';
import { niceValuesOf } from '../support/process';
import type { AnySite } from '../support/site';

/** V8's two that collect, and the one that tells them when. */
const HELPERS = 3;

/** What is so many steps up from the nice value of a process itself, which is that of whoever runs the tests. */
const above = (pid: number, steps: number) => Math.min(getPriority(pid) + steps, 19);

/**
 * `site` has `mortal.mjs` at /app.
 * @param steps by which isolates' threads have to be nicer than the server's
 */
export function niceCases(site: AnySite, steps: number): void {
  describe(`threads are nicer by ${steps}`, () => {
    it('where they run JavaScript, and where they collect for it', async () => {
      await site.request('/app/hello');
      const [pid = 0] = site.server.workerPids();
      const { 'tsgi-app': isolates = [], ...others } = niceValuesOf(pid);
      expect(new Set(isolates)).toEqual(new Set([above(pid, steps)])); // those of libuv have the name, too
      const helpers = Object.values(others).flat();
      expect(helpers.filter((value) => value === above(pid, steps)).length).toBeGreaterThanOrEqual(HELPERS);
    });

    it('and nowhere else', () => {
      const [pid = 0] = site.server.workerPids();
      const values = niceValuesOf(pid);
      for (const name of ['tsgi-keeper', 'tsgi-watch', 'tsgi-watchdog']) {
        expect(values[name], name).toEqual([above(pid, 0)]);
      }
    });

    it('after a death as well', async () => {
      site.expectLog(/TSGI1031/, /TSGI3103/);
      const [pid = 0] = site.server.workerPids();
      await site.request('/app/exit');
      await site.request('/app/hello');
      expect(new Set(niceValuesOf(pid)['tsgi-app'])).toEqual(new Set([above(pid, steps)]));
    });
  });
}
