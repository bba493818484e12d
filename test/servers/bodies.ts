/** Request bodies: in memory, in a temporary file, streamed; with a length and chunked; too large; not read. */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../support/digest';
import { LAST_CHUNK, chunk, encodeRequest, type Connection, type Incoming } from '../support/http1';
import { seeded } from '../support/seeded';
import { jsonOf, type AnySite } from '../support/site';
import { until } from '../support/until';

interface Own {
  /** Each answers as any other does, however its bodies come. */
  mounts: readonly string[];
  /** Status and reason where the size of a chunk is no number that the server can hold. */
  hugeChunk: string;
  /** What the server logs of bodies that it refuses. */
  logs: Record<'malformed' | 'tooLarge' | 'tooLargeInChunks', readonly RegExp[]>;
}

const random = seeded(7);

export const large = Buffer.from(Uint8Array.from({ length: 5_000_000 }, () => random() * 256));

/** Those of the mounts whose bodies are not buffered. */
const streamed = ['/streamed', '/narrow'];

/**
 * `site` has `bodies.mjs` at /memory and /spooled, where bodies are buffered; at /streamed and at /narrow, which has a
 * window of 4 KiB and takes 64 MB; and at /limited and /limited-streamed, which take 1000 bytes. Elsewhere 8 MB are taken.
 */
export function bodyCases(site: AnySite, own: Own): void {
  mountCases(site, own);
  unreadCases(site, own);
  bufferedCases(site);
  streamedCases(site);
  framingCases(site, own);
  limitCases(site, own);
}

/** Cuts data into pieces of uneven sizes. */
function piecesOf(data: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < data.length; at += pieces.at(-1)?.length ?? 0) {
    pieces.push(data.subarray(at, at + 1 + Math.floor(random() ** 3 * 300_000)));
  }
  return pieces;
}

function mountCases(site: AnySite, own: Own): void {
  describe.each(own.mounts)('a body at %s', (mount) => {
    const buffered = !streamed.includes(mount);

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
}

/** What is left of a body are bytes of the client's choice: here they are requests, which nobody may take for such. */
function unreadCases(site: AnySite, own: Own): void {
  const hidden = (mount: string) => encodeRequest(site.marked(`${mount}/hidden`));

  /** The next request is answered, or the connection was closed instead of reading the rest; nothing else came of it. */
  async function checkNext(mount: string, connection: Connection, next: Incoming): Promise<void> {
    expect(['"not read"', '']).toContain((await next.whenDone()).body.toString());
    expect(connection.stray.toString()).toBe('');
    expect(await site.events(mount)).toEqual([]);
  }

  describe.each(own.mounts)('a body of requests at %s', (mount) => {
    it.each(['with a length', 'in chunks'])('is none of them (%s)', async (framing) => {
      const connection = await site.connect();
      const pieces = [hidden(mount), hidden(mount)];
      const body = framing === 'in chunks' ? { chunks: pieces } : { body: Buffer.concat(pieces) };
      const [upload, next] = [connection.expect('POST'), connection.expect()];
      connection.write(
        Buffer.concat([
          encodeRequest(site.marked({ method: 'POST', target: `${mount}/unread`, ...body })),
          encodeRequest(site.marked(`${mount}/unread`)),
        ]),
      );
      expect(jsonOf(await upload.whenDone())).toBe('not read');
      await checkNext(mount, connection, next);
    });
  });

  describe.each(streamed)('a body of a request at %s', (mount) => {
    it('is none either when it comes behind the response', async () => {
      const connection = await site.connect();
      const body = hidden(mount);
      const upload = connection.expect('POST');
      const request = site.marked({ method: 'POST', target: `${mount}/unread`, body });
      connection.write(encodeRequest({ ...request, headOnly: true }));
      expect(jsonOf(await upload.whenDone())).toBe('not read');
      const next = connection.expect();
      connection.write(Buffer.concat([body, encodeRequest(site.marked(`${mount}/unread`))]));
      await checkNext(mount, connection, next);
    });
  });

  it('behind a body above the limit, where nobody knows the next request to begin, there is none', async () => {
    site.expectLog(...own.logs.tooLargeInChunks);
    const mount = '/limited-streamed';
    const chunks = ['x'.repeat(1001), Buffer.concat([Buffer.from('\r\n'), hidden(mount)])];
    const connection = await site.connect();
    const upload = connection.request(site.marked({ method: 'POST', target: `${mount}/digest`, chunks }));
    expect((await upload.whenDone()).status).toBe(413);
    connection.write(hidden(mount));
    await until('the connection is closed', () => connection.closed !== 'open');
    expect(connection.stray.toString()).toBe('');
    expect(await site.events(mount)).toEqual([]);
  });
}

function bufferedCases(site: AnySite): void {
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
  });
}

function streamedCases(site: AnySite): void {
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
      const left = () =>
        (connection.socket as unknown as { _handle: { writeQueueSize: number } })._handle.writeQueueSize;
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
  });
}

function framingCases(site: AnySite, own: Own): void {
  describe('a streamed body', () => {
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
      site.expectLog(...own.logs.malformed);
      const connection = await site.connect();
      const incoming = connection.expect('POST');
      connection.write(encodeRequest({ method: 'POST', target: '/streamed/digest', chunks: [], headOnly: true }));
      connection.write({ 1: 'no size\r\n', 2: '3\r\nabcde\r\n', 3: 'fffffffffffffffffffff\r\n' }[kind] ?? '');
      const reply = await incoming.whenDone();
      expect(`${reply.status} ${reply.reason}`).toBe(kind === '3' ? own.hugeChunk : '400 TSGI_BODY_MALFORMED');
    });
  });
}

function limitCases(site: AnySite, own: Own): void {
  describe('a body above the limit', () => {
    it.each(['/limited', '/limited-streamed'])('that is declared is refused at once at %s', async (mount) => {
      site.expectLog(...own.logs.tooLarge);
      const connection = await site.connect();
      const incoming = connection.expect('POST');
      const fields: [string, string][] = [['Content-Length', '1001']];
      connection.write(
        encodeRequest(site.marked({ method: 'POST', target: `${mount}/digest`, fields, headOnly: true })),
      );
      const reply = await incoming.whenDone();
      expect(reply).toMatchObject({ status: 413, reason: 'Request Entity Too Large' });
      expect(await site.json({ method: 'POST', target: `${mount}/digest`, body: 'x'.repeat(1000) })).toMatchObject({
        size: 1000,
      });
    });

    it('in chunks is refused before the application is called', async () => {
      site.expectLog(...own.logs.tooLargeInChunks);
      const reply = await site.request({ method: 'POST', target: '/limited/until-gone', chunks: ['x'.repeat(1001)] });
      expect(reply).toMatchObject({ status: 413, reason: 'Request Entity Too Large' });
      expect(await site.events('/limited')).toEqual([]);
    });

    it('in streamed chunks fails the read, and the application may answer', async () => {
      site.expectLog(...own.logs.tooLargeInChunks);
      const chunks = ['x'.repeat(600), 'x'.repeat(600)];
      const reply = await site.request({ method: 'POST', target: '/limited-streamed/digest', chunks });
      expect(reply).toMatchObject({ status: 413, reason: 'TSGI_BODY_TOO_LARGE', complete: true });
    });

    it('in streamed chunks is answered by the server when the application fails of it', async () => {
      site.expectLog(...own.logs.tooLargeInChunks);
      site.allowLog(/TSGI1001/);
      const chunks = ['x'.repeat(600), 'x'.repeat(600)];
      const reply = await site.request({ method: 'POST', target: '/limited-streamed/careless', chunks });
      expect(reply).toMatchObject({ status: 413, reason: 'Request Entity Too Large', complete: true });
    });
  });
}
