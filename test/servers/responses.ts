/** Responses as they are on the wire. */
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../support/reply';
import type { AnySite } from '../support/site';
import { until } from '../support/until';
import { pattern } from './apps/responses.mjs';

interface Own {
  /** In the page that the server shows for status 500. */
  page: RegExp;
  /** How two fields `Vary` reach the client. */
  vary: readonly string[];
  /** Mounts that might be given a type that the application did not choose. */
  untyped: readonly string[];
}

/** `site` has `responses.mjs` at /app, and at /slow with 200 KiB/s. */
export function responseCases(site: AnySite, own: Own): void {
  chunkCases(site);
  lengthCases(site);
  noBodyCases(site);
  headCases(site, own);
  failureCases(site, own);
  leavingCases(site);
  rateCases(site);
}

/** For a server that can send interim responses. */
export function earlyHintCases(site: AnySite): void {
  const ask = asking(site);

  describe('early hints', () => {
    it('come before the response, which has a head of its own', async () => {
      const reply = await ask('hinted');
      expect(reply).toMatchObject({ status: 200, complete: true });
      expect(reply.interim.map(({ status, reason }) => `${status} ${reason}`)).toEqual(['103 Early Hints']);
      expect(valuesOf(reply.interim[0]!, 'Link')).toEqual(['</a>; rel=preload', '</b>; rel=preload']);
      expect([valuesOf(reply, 'Link'), valuesOf(reply, 'X-Final')]).toEqual([[], ['yes']]);
    });

    it('are not sent to a client of HTTP/1.0', async () => {
      const reply = await site.request({ target: '/app/hinted', protocol: 'HTTP/1.0' });
      expect(reply).toMatchObject({ status: 200, interim: [], complete: true });
    });
  });
}

const asking =
  (site: AnySite) =>
  (target: string, method = 'GET') =>
    site.request({ target: `/app/${target}`, method });

function chunkCases(site: AnySite): void {
  describe('a chunk', () => {
    it('leaves before the next is awaited', async () => {
      const connection = await site.connect();
      const incoming = connection.request(site.marked('/app/chunks'));
      for (const n of [1, 2, 3]) {
        expect((await incoming.whenBytes(n * 9)).toString()).toMatch(new RegExp(`data: ${n}\n\n$`));
        expect(incoming.size).toBe(n * 9);
        await site.release('/app', `after${n}`);
      }
      const reply = await incoming.whenDone();
      expect(reply).toMatchObject({ complete: true, length: undefined });
      expect(valuesOf(reply, 'Transfer-Encoding')).toEqual(['chunked']);
    });

    it('that is written leaves before the body', async () => {
      const connection = await site.connect();
      const incoming = connection.request(site.marked('/app/written'));
      expect((await incoming.whenBytes(8)).toString()).toBe('written ');
      await site.release('/app', 'body');
      expect((await incoming.whenDone()).body.toString()).toBe('written and returned');
    });

    it('comes after a head that was flushed', async () => {
      const connection = await site.connect();
      const incoming = connection.request(site.marked('/app/head-first'));
      expect(valuesOf(await incoming.whenHead(), 'X-Head')).toEqual(['early']);
      expect(incoming.size).toBe(0);
      await site.release('/app', 'body');
      expect((await incoming.whenDone()).body.toString()).toBe('body');
    });
  });
}

function lengthCases(site: AnySite): void {
  const ask = asking(site);

  describe('the length', () => {
    it('of an array is known', async () => {
      expect(await ask('array')).toMatchObject({ length: 13, complete: true });
    });

    it('of nothing is zero', async () => {
      const reply = await ask('empty');
      expect(reply.complete).toBe(true);
      expect(reply.body.length).toBe(0);
    });

    it('that was declared is kept, and what exceeds it is cut', async () => {
      site.expectLog(/TSGI1004 /);
      const reply = await ask('excess');
      expect(reply).toMatchObject({ length: 5, complete: true });
      expect(reply.body.toString()).toBe('12345');
    });

    it('of a large response is right, declared or not', async () => {
      const size = 10_000_004;
      for (const declared of ['', '&length']) {
        const reply = await ask(`generated?size=${size}${declared}`);
        expect(reply.complete).toBe(true);
        expect(reply.length).toBe(declared === '' ? undefined : size);
        expect(reply.body.equals(pattern(0, size))).toBe(true);
      }
    });
  });
}

function noBodyCases(site: AnySite): void {
  describe('no body', () => {
    it('follows a HEAD, and the connection goes on', async () => {
      const connection = await site.connect();
      for (const [target, length] of [
        ['array', 13],
        ['generated?size=100&length', 100],
        ['generated?size=100', undefined],
      ] as const) {
        const reply = await connection.request({ method: 'HEAD', target: `/app/${target}` }).whenDone();
        expect(reply).toMatchObject({ status: 200, length, complete: true });
      }
      expect((await connection.request({ target: '/app/array' }).whenDone()).body.toString()).toBe('one two three');
      expect(connection.stray.length).toBe(0);
    });

    it('follows 204 and 304, and the connection goes on', async () => {
      const connection = await site.connect();
      const none = await connection.request({ target: '/app/status?line=204%20No%20Content' }).whenDone();
      expect(none).toMatchObject({ status: 204, length: undefined });
      const same = await connection.request({ target: '/app/status?line=304%20Not%20Modified' }).whenDone();
      expect(same).toMatchObject({ status: 304, reason: 'Not Modified' });
      const next = await connection.request({ target: '/app/array' }).whenDone();
      expect(next.body.toString()).toBe('one two three');
      expect(connection.stray.length).toBe(0);
    });
  });
}

function headCases(site: AnySite, own: Own): void {
  const ask = asking(site);

  describe('the head', () => {
    it('keeps status and reason, known to the server or not', async () => {
      for (const line of ['200 Fine', '201 Created', '404 Nothing Here', '299 Odd', '599 Odder', '999 Last']) {
        const reply = await ask(`status?line=${encodeURIComponent(line)}`);
        expect(`${reply.status} ${reply.reason}`).toBe(line);
        expect(reply.body.toString()).toBe('body');
      }
    });

    it('keeps fields of one name, all of them and in order', async () => {
      const reply = await ask('fields');
      const all = (name: string) => valuesOf(reply, name);
      expect(all('Set-Cookie')).toEqual(['b=2; Path=/', 'a=1', 'c=3']);
      expect(all('Cache-Control')).toEqual(['no-store', 'private']);
      expect(all('Link')).toEqual(['</a>; rel=preload', '</b>; rel=preload']);
      expect(all('Vary')).toEqual(own.vary);
      expect(all('X-Empty')).toEqual(['']);
      expect(all('X-Bytes')).toEqual(['caf\u00c3\u00a9']);
      expect(all('WWW-Authenticate')).toEqual(['Basic realm="x"']);
    });

    it('has no type unless the application says one', async () => {
      for (const mount of own.untyped) {
        expect(valuesOf(await site.request(`${mount}/empty`), 'Content-Type')).toEqual([]); // not that of the script
      }
      expect(valuesOf(await ask('array'), 'Content-Type')).toEqual(['text/plain']);
    });

    it('may replace what the server would say, but not double it', async () => {
      const reply = await ask('fields');
      expect(valuesOf(reply, 'Date')).toEqual(['Thu, 01 Jan 1970 00:00:00 GMT']);
      expect(valuesOf(reply, 'Server')).toEqual(['something else']);
      expect(valuesOf(reply, 'ETag')).toEqual(['"tag"']);
      expect(valuesOf(reply, 'Last-Modified')).toEqual(['Fri, 02 Jan 1970 00:00:00 GMT']);
    });

    it('does not steer the server', async () => {
      const reply = await ask('accel');
      expect(reply.body.toString()).toBe('its own body');
      expect(valuesOf(reply, 'X-Accel-Redirect')).toEqual(['/elsewhere']);
      expect(valuesOf(reply, 'X-Accel-Limit-Rate')).toEqual(['1']);
    });

    it('keeps a location as it was written', async () => {
      for (const to of ['/path?q', 'http://elsewhere.test/', 'relative', '?q']) {
        const reply = await ask(`location?to=${encodeURIComponent(to)}`);
        expect(valuesOf(reply, 'Location')).toEqual([to]);
      }
    });
  });
}

function failureCases(site: AnySite, own: Own): void {
  describe('an application that fails before its response', () => {
    it("is answered with the server's own page, which tells nothing", async () => {
      site.expectLog(/TSGI1001 .*the secret reason/);
      const reply = await site.request('/app/fails');
      expect(reply).toMatchObject({ status: 500, reason: 'Internal Server Error', complete: true });
      expect(reply.body.toString()).toMatch(own.page);
      expect(reply.body.toString()).not.toContain('secret');
    });
  });
}

function leavingCases(site: AnySite): void {
  describe('a client that leaves', () => {
    it.each(['reset', 'close'] as const)('ends an endless response (%s)', async (how) => {
      const connection = await site.connect();
      const incoming = connection.request(site.marked('/app/endless'));
      await incoming.whenBytes(100_000);
      connection[how]();
      await until('the response is closed', async () => (await site.events('/app')).length === 2);
      expect((await site.events('/app')).sort()).toEqual(['finish client_gone', 'returned']);
    });

    it.each(['reset', 'close'] as const)('fires the signal of an application that waits (%s)', async (how) => {
      const connection = await site.connect();
      connection.request(site.marked('/app/silent'));
      await site.whenEvents('/app', ['called']);
      connection[how]();
      await until('the exchange has ended', async () => (await site.events('/app')).length === 3);
      expect((await site.events('/app')).slice(1).sort()).toEqual(['finish client_gone', 'signal']);
    });
  });
}

function rateCases(site: AnySite): void {
  describe('a limit of the rate', () => {
    it('slows a response down and loses nothing of it', async () => {
      const begun = performance.now();
      const reply = await site.request('/slow/generated?size=300000');
      expect(performance.now() - begun).toBeGreaterThan(400);
      expect(reply.body.equals(pattern(0, 300_000))).toBe(true);
    });
  });
}
