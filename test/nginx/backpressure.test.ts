/** A slow reader holds the application, not the memory of the server. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Incoming } from '../support/http1';
import { residentBytes, sanitizersShare } from '../support/process';
import { until } from '../support/until';
import { pattern } from './apps/responses.mjs';
import { app, useNginx } from './nginx';

const MEGABYTE = 1 << 20;

const site = useNginx(() => ({
  conf: {
    server: `
      location /app { tsgi_pass ${app('responses.mjs')}; }
      location /narrow { tsgi_buffer_size 4k; tsgi_pass ${app('responses.mjs')}; }`,
  },
}));

const digestOf = (data: Buffer) => createHash('sha256').update(data).digest('hex');

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
async function settle(target: string) {
  for (let round = 0; round < 3; round++) {
    await site.request(target);
  }
}

describe('a response of a gigabyte to a reader that pauses', () => {
  it('waits in the application, costs less than 4 MB and arrives right', async () => {
    const size = 1024 * MEGABYTE;
    await settle('/app/repeated?size=20000000');
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
  it('is bounded by tsgi_write_limit', async () => {
    site.expectLog(/TSGI1006/);
    site.allowLog(/TSGI2024/);
    const reply = await site.request('/app/flood');
    expect(reply.complete && reply.status === 200).toBe(false);
  });
});
