/** A slow reader holds the application, not the memory of the server. */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../support/digest';
import type { Incoming } from '../support/http1';
import { residentBytes, sanitizersShare } from '../support/process';
import type { AnySite } from '../support/site';
import { until } from '../support/until';
import { pattern } from './apps/responses.mjs';

const MEGABYTE = 1 << 20;

/** `site` has `responses.mjs` at /app, and at /narrow with a window of 4 KiB. */
export function backpressureCases(site: AnySite): void {
  pausedReaderCases(site);
  windowCases(site);
}

function pausedReaderCases(site: AnySite): void {
  describe('a response of a gigabyte to a reader that pauses', () => {
    it('waits in the application, costs less than 4 MB and arrives right', async () => {
      const size = 1024 * MEGABYTE;
      await settle(site, '/app/repeated?size=20000000');
      const connection = await site.connect();
      const incoming = connection.expect();
      const isRight = checkPattern(incoming, pattern(0, 65536));
      const before = residentBytes(site.worker);
      connection.socket.pause();
      connection.write(`GET /app/repeated?size=${size} HTTP/1.1\r\nHost: localhost\r\n\r\n`);

      // The application has stopped when two looks, with a request in between, see the same count.
      let last = -1;
      await until('the application stands still', async () => {
        const now = Number(await site.text('/app/produced'));
        const stands = now > 0 && now === last;
        last = now;
        return stands;
      });
      expect(last).toBeLessThan(16 * MEGABYTE);
      expect(residentBytes(site.worker) - before).toBeLessThan(4 * MEGABYTE + sanitizersShare);

      connection.socket.resume();
      expect(await incoming.whenDone(25_000)).toMatchObject({ complete: true });
      expect(incoming.size).toBe(size);
      expect(isRight()).toBe(true);
    });
  });
}

function windowCases(site: AnySite): void {
  describe('a narrow window', () => {
    it('lets everything through, however large a chunk is', async () => {
      const reply = await site.request('/narrow/generated?size=3000000');
      expect(reply.complete).toBe(true);
      expect(digestOf(reply.body)).toBe(digestOf(pattern(0, 3_000_000)));
    });
  });

  describe('a response in thousands of chunks', () => {
    it('arrives whole, though no turn takes all that waits', async () => {
      const reply = await site.request('/app/crumbs');
      expect(reply.complete).toBe(true);
      expect(reply.body.toString()).toBe(Array.from({ length: 5000 }, (_, index) => `${index},`).join(''));
    });
  });

  describe('write without waiting', () => {
    it('is bounded by the write limit', async () => {
      site.expectLog(/TSGI1006/);
      site.allowLog(site.brokenOff);
      const reply = await site.request('/app/flood');
      expect(reply.complete && reply.status === 200).toBe(false);
    });
  });
}

/** Compares each byte with what belongs there, and keeps none. */
function checkPattern(incoming: Incoming, period: Buffer) {
  let right = true;
  incoming.onBody = (piece) => {
    const from = (incoming.size - piece.length) % period.length;
    const first = period.subarray(from, from + piece.length);
    right &&= first.compare(piece, 0, first.length) === 0;
    right &&=
      first.length === piece.length ||
      period.compare(piece, first.length, piece.length, 0, piece.length - first.length) === 0;
  };
  return () => right;
}

/** A worker grows while the code of its application is new; that is over when one response more makes no difference. */
async function settle(site: AnySite, target: string) {
  for (let round = 0; round < 3; round++) {
    await site.request(target);
  }
}
