/** Whatever fails, and however: nothing of it is in any byte that a client gets. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../support/http1';
import { internalsIn } from '../support/internals';
import type { AnySite } from '../support/site';
import { until } from '../support/until';

interface Own {
  /** What the server logs of all this, besides records of applications and isolates. */
  logs: readonly RegExp[];
}

const good = `export const application = (environ, startResponse) => { startResponse('200 OK', []); return ['well']; };\n`;

/** Scripts that cannot be loaded. */
const unloadable: Record<string, string> = {
  'syntax.mjs': `${good}const secret = 1;;;) \n`,
  'types.ts': `${good}const secret: = 1;\n`,
  'missing.mjs': `import './secret-file.mjs';\n${good}`,
  'package.mjs': `import 'secret-package';\n${good}`,
  'throws.mjs': `throw new Error('the secret of ' + import.meta.url);\n`,
  'nothing.mjs': 'export const secret = 1;\n',
  'number.mjs': 'export const application = 1;\n',
  'init.mjs': `${good}export async function init() { throw new Error('the secret of ' + import.meta.url); }\n`,
  'exits.mjs': `process.exit(3);\n${good}`,
  'no-init.mjs': `${good}export const init = () => new Promise(() => { setImmediate(() => { throw new Error('secret'); }); });\n`,
};

/** A framework's own page for an error is the application's: Express's shows the stack unless told that it is in production. */
const framework = `import express from 'express';
const app = express();
app.use(() => { throw new Error('the secret of the framework'); });
export default app;
`;

/** Makes the directory of scripts, and tells where it is. */
export function writeFailing(folder: string): string {
  const scripts = join(folder, 'failing');
  mkdirSync(scripts);
  for (const [name, source] of Object.entries({ ...unloadable, 'unreadable.mjs': good, 'framework.mjs': framework })) {
    writeFileSync(join(scripts, name), source);
  }
  chmodSync(join(scripts, 'unreadable.mjs'), 0);
  return scripts;
}

/** How an application fails when it is called, with the statuses that this may have. 0: the connection breaks off. */
const calls: Record<string, number> = {
  ...{ throws: 500, 'throws-nothing': 500, rejects: 500, 'reads-file': 500, 'in-body': 500, 'after-head': 500 },
  ...{ 'after-chunk': 200, 'no-head': 500, 'no-body': 500, 'wrong-body': 500, 'wrong-chunk': 500 },
  ...{ 'wrong-status': 500, 'wrong-field': 500 },
};

/** Deaths of an isolate; each has an application of its own. */
export const deaths = ['in-callback', 'unhandled', 'exits', 'loops', 'hoards'];

/**
 * `site` has `leaks.mjs` at /app, at /late with half a second for a response, and at /NAME for each of the deaths, with a stall
 * timeout of a second and 64 MB; the directory at /failing/; and at /framework and /production its `framework.mjs`, there
 * with NODE_ENV=production. /limited takes ten bytes.
 */
export function leakCases(site: AnySite, own: Own): void {
  const expectSilence = (target: string, reply: Parameters<typeof internalsIn>[1]) =>
    expect([target, internalsIn(site, reply)]).toEqual([target, []]);

  async function expectQuiet(target: string, statuses: number[], how = {}): Promise<void> {
    site.allowLog(/TSGI\d{4}/, ...own.logs);
    const reply = await site.request({ target, ...how });
    expect([target, statuses.includes(reply.status) ? 'as expected' : reply.status]).toEqual([target, 'as expected']);
    expectSilence(target, reply);
  }

  describe('a client is told nothing of an application', () => {
    it.each(Object.entries(calls))('that fails: %s', async (deed, status) => {
      await expectQuiet(`/app/${deed}`, [status]);
      expect(await site.text('/app/')).toBe('well');
    });

    it('that does not answer', async () => {
      await expectQuiet('/late/waits', [504]);
    });

    it.each(deaths)('that dies: %s', async (deed) => {
      await expectQuiet(`/${deed}/${deed}`, [500, 503]);
    });

    it.each(Object.keys(unloadable))('that cannot be loaded: %s', async (name) => {
      await expectQuiet(`/failing/${name}`, [500, 503]);
      await expectQuiet(`/failing/${name}`, [500, 503]);
    });

    it('that may not be read', async () => {
      await expectQuiet('/failing/unreadable.mjs', [200, 403, 500, 503]); // root may
    });
  });

  requestCases(site, own, expectQuiet);
  frameworkCases(site, own);
}

function requestCases(
  site: AnySite,
  own: Own,
  expectQuiet: (target: string, statuses: number[], how?: object) => Promise<void>,
): void {
  describe('a client is told nothing', () => {
    it('of what is not there', async () => {
      for (const target of [
        '/failing/none.mjs',
        '/failing/',
        '/failing',
        '/failing/.env',
        '/failing/a%00.mjs',
        '/none',
      ]) {
        await expectQuiet(target, [301, 400, 403, 404]);
      }
    });

    it('of a body that is too large', async () => {
      await expectQuiet('/limited', [413], { method: 'POST', body: 'more than ten bytes' });
      await expectQuiet('/limited', [413], { method: 'POST', chunks: ['more than ten bytes'] });
    });

    it('of a request that is wrong', async () => {
      site.allowLog(...own.logs);
      for (const bytes of ['GET / HTTP/1.1\r\n\r\n', 'GARBAGE\r\n\r\n', 'GET /app/%zz HTTP/1.1\r\nHost: a\r\n\r\n']) {
        const connection = await site.connect();
        const incoming = connection.expect();
        connection.write(bytes);
        const reply = await incoming.whenDone();
        expect(reply.status).toBe(400);
        expect([bytes, internalsIn(site, reply)]).toEqual([bytes, []]);
      }
    });

    it('of a request whose field is too large', async () => {
      site.allowLog(...own.logs);
      const connection = await site.connect();
      const incoming = connection.expect();
      connection.write(encodeRequest({ target: '/app/', fields: [['X-Large', 'x'.repeat(40_000)]] }));
      const reply = await incoming.whenDone();
      expect([400, 413, 431]).toContain(reply.status);
      expect(internalsIn(site, reply)).toEqual([]);
    });
  });
}

function frameworkCases(site: AnySite, own: Own): void {
  describe('the page of a framework', () => {
    it('is the own of the application, and tells nothing in production', async () => {
      site.allowLog(/the secret of the framework| {4}at /, ...own.logs);
      const shown = await site.request('/framework');
      expect(shown.status).toBe(500);
      expect(internalsIn(site, shown)).not.toEqual([]); // so the oracle sees what it is to see

      const silent = await site.request('/production');
      expect(silent.status).toBe(500);
      expect(internalsIn(site, silent)).toEqual([]);

      const lastLines = () => site.logLines().filter((line) => line.includes(' at NodeExchange.run '));
      await until('both stacks are in the log', () => lastLines().length === 2);
    });
  });
}
