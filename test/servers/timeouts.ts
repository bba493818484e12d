/** How long an application may take to begin its response. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { chunk, encodeRequest, LAST_CHUNK } from '../support/http1';
import { jsonOf, type AnySite } from '../support/site';
import { until } from '../support/until';

interface Own {
  /** What the server logs of a response that did not begin in time. */
  late: RegExp;
}

/** Milliseconds, at /late. */
export const TIMEOUT = 600;

/** `site` has `late.mjs` at /late, with TIMEOUT and request bodies streamed, and at /patient, without a timeout. */
export function timeoutCases(site: AnySite, own: Own): void {
  lateCases(site, own);
  patientCases(site);
}

const eventsOf = async (site: AnySite) => jsonOf(await site.request('/late/events')) as string[];

/** Until then its requests are late because of it. */
async function whenLoaded(site: AnySite, own: Own): Promise<void> {
  site.allowLog(own.late);
  await until('the application to be loaded', async () => (await site.request('/late')).status === 200);
}

function lateCases(site: AnySite, own: Own): void {
  it('is waited for when its application is there', () => whenLoaded(site, own));

  describe('a response that does not begin', () => {
    it('is given up with 504, and the application learns why', async () => {
      site.expectLog(own.late);
      const began = performance.now();
      const reply = await site.request('/late/never');
      expect(reply.status).toBe(504);
      expect(reply.body.toString()).not.toContain('TSGI');
      expect(performance.now() - began).toBeGreaterThan(TIMEOUT - 50);
      const heard: string[] = [];
      await until('the end of the exchange', async () => heard.push(...(await eventsOf(site))) === 2);
      expect(heard.sort()).toEqual(['aborted TSGI_EXPIRED', 'finished timeout']);
    });

    it('leaves the other requests of the isolate alone', async () => {
      site.expectLog(own.late);
      const never = site.request('/late/never');
      expect(await site.text('/late')).toBe('at once');
      expect((await never).status).toBe(504);
      expect(await site.text('/late')).toBe('at once');
      await until('the end of the exchange', async () => (await eventsOf(site)).length > 0);
    });

    it('is given up when the whole of its request has been there for so long', async () => {
      site.expectLog(own.late);
      expect((await site.request({ method: 'POST', target: '/late/never', body: 'abc' })).status).toBe(504);
      await until('the end of the exchange', async () => (await eventsOf(site)).length > 0);
    });
  });
}

function patientCases(site: AnySite): void {
  describe('a response that has begun', () => {
    it.each(['/head-only', '/stream'])('may take longer: %s', async (path) => {
      expect(await site.text(`/late${path}`)).toBe(path === '/stream' ? '0123' : 'late');
    });
  });

  describe('an upload', () => {
    it('that keeps the application waiting is not its fault', async () => {
      const connection = await site.connect();
      const fields: [string, string][] = [['Transfer-Encoding', 'chunked']];
      const incoming = connection.expect('POST');
      connection.write(
        encodeRequest({ ...site.marked({ method: 'POST', target: '/late/read', fields }), headOnly: true }),
      );
      for (let n = 0; n < 3; n++) {
        connection.write(chunk('abcd'));
        await delay(TIMEOUT + 200); // a slow client
      }
      connection.write(LAST_CHUNK);
      const reply = await incoming.whenDone();
      expect([reply.status, reply.body.toString()]).toEqual([200, '12']);
    });
  });

  it('without a timeout nobody is given up', async () => {
    await site.text('/patient'); // a client that leaves before the application is there is nothing it hears of
    const connection = await site.connect();
    const incoming = connection.request(site.marked('/patient/never'));
    await delay(TIMEOUT + 200);
    expect(incoming.size).toBe(0);
    connection.close();
    await until(
      'the end of the exchange',
      async () => (jsonOf(await site.request('/patient/events')) as string[]).length > 0,
    );
  });
}
