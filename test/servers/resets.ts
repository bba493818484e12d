/** A response that breaks off looks broken to its client, in every framing and through every filter. */
import { describe, expect, it } from 'vitest';
import type { AnySite } from '../support/site';
import { isOvertaken } from '../support/slow-sockets';
import { until } from '../support/until';

interface Own {
  /** Where the same application is at /app over TLS. */
  tlsPort: () => number;
}

/**
 * `site` has one `responses.mjs` at /app, and behind one filter each: at /zipped, for HTTP/1.0 too; at /slow; and at
 * /replaced.
 */
export function resetCases(site: AnySite, own: Own): void {
  framingCases(site);
  filterCases(site);
  tlsCases(site, own);
  lengthCases(site);
}

interface How {
  protocol?: 'HTTP/1.0' | 'HTTP/1.1';
  fields?: [string, string][];
  port?: number;
  tls?: boolean;
  /** The first half stays in a filter. */
  silent?: boolean;
}

async function breakOff(
  site: AnySite,
  target: string,
  { port = site.port, tls = false, silent = false, ...how }: How = {},
) {
  site.expectLog(/TSGI1002 .*the secret reason/, site.brokenOff);
  const connection = await site.connect(port, tls);
  const incoming = connection.request(site.marked({ target, ...how }));
  if (!silent) {
    await incoming.whenBytes(1);
  }
  await site.release(target.split('/').slice(0, 2).join('/'), 'fail');
  const reply = await incoming.whenDone();
  await until('the server closes the connection', () => connection.closed !== 'open');
  return { reply, closed: connection.closed };
}

function framingCases(site: AnySite): void {
  describe('an application that fails in the middle', () => {
    it('of a chunked response', async () => {
      const { reply } = await breakOff(site, '/app/broken');
      expect(reply).toMatchObject({ status: 200, complete: false });
      expect(reply.body.toString()).toBe('the first half');
    });

    it('of a response with a length', async () => {
      const { reply } = await breakOff(site, '/app/broken?length');
      expect(reply).toMatchObject({ status: 200, length: 100, complete: false });
      expect(reply.body.toString()).toBe('the first half');
    });

    it('of a response that ends with the connection', async () => {
      const { reply, closed } = await breakOff(site, '/app/broken', { protocol: 'HTTP/1.0' });
      expect(reply).toMatchObject({ status: 200, length: undefined, complete: false });
      expect(reply.body.toString()).toBe('the first half');
      expect(closed).toBe('reset');
    });

    it('of a response to HTTP/1.0 with a length', async () => {
      const { reply } = await breakOff(site, '/app/broken?length', { protocol: 'HTTP/1.0' });
      expect(reply).toMatchObject({ length: 100, complete: false });
    });
  });
}

function filterCases(site: AnySite): void {
  describe('an application that fails in the middle, behind a filter', () => {
    it('of a response that the server compresses', async () => {
      const { reply } = await breakOff(site, '/zipped/broken', { fields: [['Accept-Encoding', 'gzip']] });
      expect(reply).toMatchObject({ status: 200, complete: false });
    });

    it('of a compressed response that ends with the connection', async () => {
      const how: How = { protocol: 'HTTP/1.0', fields: [['Accept-Encoding', 'gzip']] };
      const { reply, closed } = await breakOff(site, '/zipped/broken', how);
      expect(reply).toMatchObject({ status: 200, complete: false });
      expect(closed).toBe('reset');
    });

    it('of a response that the server slows down', async () => {
      const { reply } = await breakOff(site, '/slow/broken');
      expect(reply).toMatchObject({ status: 200, complete: false });
    });

    it('of a response in which the server replaces text', async () => {
      const { reply } = await breakOff(site, '/replaced/broken', { silent: true });
      expect(reply.complete).toBe(false);
      if (!isOvertaken(reply)) {
        expect(reply.status).toBe(200);
      }
    });
  });
}

function tlsCases(site: AnySite, own: Own): void {
  describe('an application that fails in the middle, over TLS', () => {
    it('of a chunked response', async () => {
      const { reply } = await breakOff(site, '/app/broken', { port: own.tlsPort(), tls: true });
      expect(reply).toMatchObject({ status: 200, complete: false });
      expect(reply.body.toString()).toBe('the first half');
    });

    it('of a response that ends with the connection', async () => {
      const { reply, closed } = await breakOff(site, '/app/broken', {
        port: own.tlsPort(),
        tls: true,
        protocol: 'HTTP/1.0',
      });
      expect(reply).toMatchObject({ status: 200, complete: false });
      expect(closed).toBe('reset');
    });
  });
}

function lengthCases(site: AnySite): void {
  describe('a response that is shorter than it declared', () => {
    it('is broken', async () => {
      site.expectLog(/TSGI1005 /, site.brokenOff);
      const reply = await site.request('/app/short');
      expect(reply.complete).toBe(false);
      if (!isOvertaken(reply)) {
        expect(reply).toMatchObject({ status: 200, length: 100 });
      }
    });
  });
}
