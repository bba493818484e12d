/** Request bodies: in memory, in a temporary file, streamed; with a length and chunked; too large; not read. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAST_CHUNK, chunk, encodeRequest } from '../support/http1';
import { seeded } from '../support/seeded';
import { until } from '../support/until';
import { app, jsonOf, useNginx } from './nginx';

const pass = `tsgi_pass ${app('bodies.mjs')}`;

const site = useNginx(() => ({
  conf: {
    server: `
      client_max_body_size 8m;
      location /memory { client_body_buffer_size 6m; ${pass}; }
      location /spooled { client_body_buffer_size 1k; ${pass}; }
      location /only-file { client_body_in_file_only clean; ${pass}; }
      location /streamed { tsgi_request_buffering off; ${pass}; }
      location /narrow { client_max_body_size 64m; tsgi_request_buffering off; tsgi_buffer_size 4k; ${pass}; }
      location /narrow-buffered { tsgi_buffer_size 4k; ${pass}; }
      location /limited { client_max_body_size 1000; ${pass}; }
      location /limited-streamed { client_max_body_size 1000; tsgi_request_buffering off; ${pass}; }`,
  },
}));

const random = seeded(7);
const large = Buffer.from(Uint8Array.from({ length: 5_000_000 }, () => random() * 256));
const digestOf = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

/** Cuts data into pieces of uneven sizes. */
function piecesOf(data: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < data.length; at += pieces.at(-1)?.length ?? 0) {
    pieces.push(data.subarray(at, at + 1 + Math.floor(random() ** 3 * 300_000)));
  }
  return pieces;
}

const mounts = ['/memory', '/spooled', '/only-file', '/streamed', '/narrow', '/narrow-buffered'];

describe.each(mounts)('a body at %s', (mount) => {
  const buffered = mount !== '/streamed' && mount !== '/narrow';

  it('arrives whole', async () => {
    for (const body of [Buffer.from('x'), large.subarray(0, 10_000), large]) {
      const told = await site.json({ method: 'POST', target: `${mount}/digest`, body });
      expect(told).toMatchObject({ size: body.length, sha256: digestOf(body), length: String(body.length) });
    }
  });

  it('arrives whole in chunks', async () => {
    const told = await site.json({ method: 'POST', target: `${mount}/digest`, chunks: piecesOf(large) });
    expect(told).toMatchObject({ size: large.length, sha256: digestOf(large) });
    expect((told as { length?: string }).length).toBe(buffered ? String(large.length) : undefined);
  });

  it('may be empty', async () => {
    expect(await site.json({ method: 'POST', target: `${mount}/digest`, body: '' })).toMatchObject({ size: 0 });
    expect(await site.json({ method: 'POST', target: `${mount}/digest`, chunks: [] })).toMatchObject({ size: 0 });
  });

  it('comes back while it is sent', async () => {
    const body = large.subarray(0, 1_000_000);
    const reply = await site.request({ method: 'POST', target: `${mount}/echo`, body });
    expect(digestOf(reply.body)).toBe(digestOf(body));
    expect(reply.complete).toBe(true);
  });

  it('that nobody reads does not spoil the next request', async () => {
    const connection = await site.connect();
    for (const how of [{ body: large }, { chunks: [large] }, { body: 'short' }]) {
      const reply = await connection.request({ method: 'POST', target: `${mount}/unread`, ...how }).whenDone();
      expect(jsonOf(reply)).toBe('not read');
    }
    expect((await connection.request({ target: `${mount}/unread` }).whenDone()).status).toBe(200);
  });
});

describe('a buffered body', () => {
  it('is read before the application is called', async () => {
    const connection = await site.connect();
    const request = site.marked({ method: 'POST', target: '/memory/read-later', fields: [['Content-Length', '4']] });
    const incoming = connection.expect('POST');
    connection.write(encodeRequest({ ...request, headOnly: true }));
    connection.write('ab');
    await site.request('/memory/unread');
    expect(await site.events('/memory')).toEqual([]);
    connection.write('cd');
    await site.whenEvents('/memory', ['called']);
    await site.release('/memory', 'read');
    expect(jsonOf(await incoming.whenDone())).toBe(4);
  });

  it('leaves no temporary file behind', async () => {
    await site.json({ method: 'POST', target: '/only-file/digest', body: large });
    const spool = join(site.server.folder, 'client_body');
    await until('the temporary files are gone', () => readdirSync(spool, { recursive: true }).length === 0);
  });
});

describe('a streamed body', () => {
  it('is read while it arrives', async () => {
    const connection = await site.connect();
    const incoming = connection.expect('POST');
    connection.write(encodeRequest({ method: 'POST', target: '/streamed/echo', chunks: [], headOnly: true }));
    connection.write(chunk('one'));
    expect((await incoming.whenBytes(3)).toString()).toBe('one');
    connection.write(chunk('two'));
    expect((await incoming.whenBytes(6)).toString()).toBe('onetwo');
    connection.write(LAST_CHUNK);
    expect(await incoming.whenDone()).toMatchObject({ complete: true });
  });

  it('is held back when the application does not read', async () => {
    const connection = await site.connect();
    const body = Buffer.alloc(40_000_000); // more than the sockets of both sides hold
    const incoming = connection.request(site.marked({ method: 'POST', target: '/narrow/first', body }));
    // It stands when two looks, with a request in between, see the same left to send.
    const left = () => (connection.socket as unknown as { _handle: { writeQueueSize: number } })._handle.writeQueueSize;
    let last = -1;
    await until('the upload stands', async () => {
      await site.text('/narrow/unread');
      const stands = left() === last;
      last = left();
      return stands;
    });
    expect(last).toBeGreaterThan(20_000_000);
    await site.release('/narrow', 'rest');
    expect(await incoming.whenDone()).toMatchObject({ status: 200, complete: true });
  });

  it('may be followed by trailers, which are ignored', async () => {
    const connection = await site.connect();
    for (const mount of ['/streamed', '/memory']) {
      const incoming = connection.expect('POST');
      connection.write(encodeRequest({ method: 'POST', target: `${mount}/echo`, chunks: [], headOnly: true }));
      connection.write(Buffer.concat([chunk('one'), Buffer.from('0\r\nX-Trailer: late\r\n\r\n')]));
      expect((await incoming.whenDone()).body.toString()).toBe('one');
    }
  });

  it.each(['1', '2', '3'])('with bad framing is the fault of the client (%s)', async (kind) => {
    site.expectLog(/client sent invalid chunked body/);
    const connection = await site.connect();
    const incoming = connection.expect('POST');
    connection.write(encodeRequest({ method: 'POST', target: '/streamed/digest', chunks: [], headOnly: true }));
    connection.write({ 1: 'no size\r\n', 2: '3\r\nabcde\r\n', 3: 'fffffffffffffffffffff\r\n' }[kind] ?? '');
    expect(await incoming.whenDone()).toMatchObject({ status: 400, reason: 'TSGI_BODY_MALFORMED' });
  });
});

describe('a body above the limit', () => {
  it.each(['/limited', '/limited-streamed'])('that is declared is refused at once at %s', async (mount) => {
    site.expectLog(/client intended to send too large body: 1001 bytes/);
    const connection = await site.connect();
    const incoming = connection.expect('POST');
    const fields: [string, string][] = [['Content-Length', '1001']];
    connection.write(encodeRequest(site.marked({ method: 'POST', target: `${mount}/digest`, fields, headOnly: true })));
    const reply = await incoming.whenDone();
    expect(reply).toMatchObject({ status: 413, reason: 'Request Entity Too Large' });
    expect(await site.json({ method: 'POST', target: `${mount}/digest`, body: 'x'.repeat(1000) })).toMatchObject({
      size: 1000,
    });
  });

  it('in chunks is refused before the application is called', async () => {
    site.expectLog(/client intended to send too large chunked body/);
    const reply = await site.request({ method: 'POST', target: '/limited/until-gone', chunks: ['x'.repeat(1001)] });
    expect(reply).toMatchObject({ status: 413, reason: 'Request Entity Too Large' });
    expect(await site.events('/limited')).toEqual([]);
  });

  it('in streamed chunks fails the read, and the application may answer', async () => {
    site.expectLog(/client intended to send too large chunked body/);
    const chunks = ['x'.repeat(600), 'x'.repeat(600)];
    const reply = await site.request({ method: 'POST', target: '/limited-streamed/digest', chunks });
    expect(reply).toMatchObject({ status: 413, reason: 'TSGI_BODY_TOO_LARGE', complete: true });
  });

  it('in streamed chunks is answered by nginx when the application fails of it', async () => {
    site.expectLog(/client intended to send too large chunked body/);
    site.allowLog(/TSGI1001/);
    const chunks = ['x'.repeat(600), 'x'.repeat(600)];
    const reply = await site.request({ method: 'POST', target: '/limited-streamed/careless', chunks });
    expect(reply).toMatchObject({ status: 413, reason: 'Request Entity Too Large', complete: true });
  });
});
