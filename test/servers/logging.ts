/** What applications print goes to the error log of the virtual host that it concerns. */
import { describe, expect, it } from 'vitest';
import type { AnySite } from '../support/site';

interface Own {
  otherPort: () => number;
  /** The id of its request, if a line has one. */
  idIn: (line: string) => string | undefined;
  lines: {
    any: RegExp;
    /** With the first server's request in it, and with the other's. */
    first: RegExp;
    other: RegExp;
    /** Of request /app/later?N, which got this answer. */
    later: (n: number, answer: string) => RegExp;
  };
}

/**
 * `site` has one `prints.mjs` at /app, and at /quiet with a level at which nothing is logged; the same is at / on
 * another port, whose server opened it first. The logs are `first.log` and `other.log` in the folder of the site.
 */
export function loggingCases(site: AnySite, own: Own): void {
  requestCases(site, own);
  recordCases(site, own);
  outsideCases(site);
}

function requestCases(site: AnySite, own: Own): void {
  describe('output in a request', () => {
    it('goes to the log of its server, with the request id and the client', async () => {
      site.expectLog(/for the first/, /for the other/);
      await site.text('/app/print?for%20the%20first');
      await site.text('/print?for%20the%20other', { port: own.otherPort() });
      const first = await site.whenLogged(/for the first/, 'first.log');
      const other = await site.whenLogged(/for the other/, 'other.log');
      expect(first).toMatch(own.lines.first);
      expect(other).toMatch(own.lines.other);
      expect(own.idIn(first)).toBeDefined();
      expect(own.idIn(other)).not.toBe(own.idIn(first));
      expect(site.logLines('first.log').join('\n')).not.toContain('for the other');
      expect(site.logLines('other.log').join('\n')).not.toContain('for the first');
    });

    it('comes from console, process.stdout, process.stderr and tsgi.errors alike', async () => {
      site.expectLog(/by way/);
      await site.text('/app/ways');
      const ways = ['console.log', 'console.error', 'stdout', 'stderr', 'tsgi.errors'];
      const lines = await Promise.all(ways.map((way) => site.whenLogged(new RegExp(`by way of ${way}`), 'first.log')));
      expect(new Set(lines.map(own.idIn)).size).toBe(1);
    });

    it('keeps its request after the application has waited', async () => {
      site.expectLog(/after waiting/);
      const answers = await Promise.all(['1', '2'].map((n) => site.text(`/app/later?${n}`)));
      const ids = [];
      for (const [index, answer] of answers.entries()) {
        const line = await site.whenLogged(new RegExp(`${index + 1} after waiting`), 'first.log');
        expect(line).toMatch(own.lines.later(index + 1, answer));
        ids.push(own.idIn(line));
      }
      expect(ids[0]).toBeDefined();
      expect(ids[1]).not.toBe(ids[0]);
    });
  });
}

function recordCases(site: AnySite, own: Own): void {
  describe('output in a request', () => {
    it('is one record for each line, and forges none', async () => {
      site.expectLog(/line one/, /line two/);
      await site.text('/app/lines');
      await site.whenLogged(/line one/, 'first.log');
      const two = await site.whenLogged(/line two/, 'first.log');
      expect(own.idIn(two)).toBeDefined();
      expect(site.logLines('first.log').filter((line) => !own.lines.any.test(line))).toEqual([]);
      expect(site.logLines('first.log').join('')).not.toMatch(/[\u0000-\u0008\u001b]/);
    });

    it('that is long arrives whole, in pieces', async () => {
      site.expectLog(/x{100}/);
      await site.text('/app/long');
      await site.whenLogged(/x{100}END/, 'first.log');
      const count = site
        .logLines('first.log')
        .map((line) => /x{3,}/.exec(line)?.[0].length ?? 0)
        .reduce((sum, length) => sum + length, 0);
      expect(count).toBe(10_000);
    });

    it('obeys the log level of the location', async () => {
      site.expectLog(/for the first again/);
      await site.text('/quiet/print?nobody%20hears');
      await site.text('/app/print?for%20the%20first%20again');
      await site.whenLogged(/for the first again/, 'first.log');
      expect(site.logLines().join('\n')).not.toContain('nobody hears');
    });
  });
}

function outsideCases(site: AnySite): void {
  describe('output outside of any request', () => {
    it('goes to the log of the server where the application was opened first', async () => {
      site.expectLog(/on its own/);
      await site.text('/app/on-its-own');
      const line = await site.whenLogged(/on its own/, 'other.log');
      expect(line).not.toMatch(/request id|client/);
    });

    it('is heard although every thread rests', async () => {
      site.expectLog(/on its own/);
      await site.text('/app/on-its-own');
      await site.whenQuiet();
      await site.whenLogged(/on its own/, 'other.log');
    });

    it('is heard when it comes behind a response, while the connection rests', async () => {
      site.expectLog(/behind the response/);
      const connection = await site.connect();
      const reply = await connection.request(site.marked('/app/afterwards')).whenDone();
      expect(reply).toMatchObject({ status: 200, complete: true });
      const line = await site.whenLogged(/behind the response/, 'first.log');
      expect(line).not.toMatch(/request id|client/);
      expect(connection.closed).toBe('open');
    });
  });
}
