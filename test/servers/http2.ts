/** HTTP/2 between client and server. */
import { constants } from 'node:http2';
import { describe, expect, it } from 'vitest';
import type { AnySite } from '../support/site';
import { until } from '../support/until';
import { pattern } from './apps/responses.mjs';
import type { Http2Client } from './http2-client';

export { useHttp2 } from './http2-client';

interface Own {
  /** What the server logs of a body above its limit. */
  tooLarge: readonly RegExp[];
}

/**
 * `site` has `responses.mjs` at /app, `environ.mjs` at /environ, and `bodies.mjs` at /bodies, buffered, at /streamed, and at
 * /small with a limit of ten bytes.
 */
export function http2Cases(site: AnySite, client: Http2Client, own: Own): void {
  requestCases(site, client, own);
  streamCases(client);
  resetCases(client);
  failureCases(site, client);
  flowCases(client);
}

/** For a server that can send interim responses. */
export function earlyHintCases(client: Http2Client): void {
  describe('early hints', () => {
    it('come before the response, which has a head of its own', async () => {
      const stream = client.open('/app/hinted');
      const hints: Record<string, unknown>[] = [];
      stream.on('headers', (headers) => hints.push({ ...headers }));
      const { status, headers, body } = await client.finished(stream);
      expect(hints).toHaveLength(1);
      expect(hints[0]).toMatchObject({ ':status': 103, link: '</a>; rel=preload, </b>; rel=preload' });
      expect([status, headers['x-final'], headers['link'], body.toString()]).toEqual([200, 'yes', undefined, 'hinted']);
    });
  });
}

function requestCases(site: AnySite, client: Http2Client, own: Own): void {
  describe('a request', () => {
    it('is told as such', async () => {
      const { body } = await client.ask('/environ/a%20b?q', { cookie: ['a=1', 'b=2'], 'x-other': 'one' });
      expect(JSON.parse(body.toString())).toMatchObject({
        ...{ SERVER_PROTOCOL: 'HTTP/2.0', PATH_INFO: '/a b', QUERY_STRING: 'q', REQUEST_METHOD: 'GET' },
        ...{ HTTP_HOST: `127.0.0.1:${site.port}`, HTTP_COOKIE: 'a=1; b=2', HTTP_X_OTHER: 'one' },
      });
    });

    it.each(['/bodies', '/streamed'])('may have a body of any size (%s)', async (mount) => {
      for (const size of [0, 1, 16_384, 3_000_000]) {
        const reply = await client.post(`${mount}/echo`, pattern(0, Math.ceil(size / 4) * 4).subarray(0, size));
        expect(reply).toMatchObject({ status: 200, reset: 0 });
        expect(reply.body.length).toBe(size);
      }
    });

    it('above the limit fails the read', async () => {
      site.expectLog(...own.tooLarge);
      const stream = client.open('/small/digest', { ':method': 'POST' });
      const answer = client.finished(stream);
      stream.write('more than ten bytes');
      expect(await answer).toMatchObject({ status: 413 });
    });
  });
}

function streamCases(client: Http2Client): void {
  describe('many streams', () => {
    it('run side by side on one connection', async () => {
      const streams = Array.from({ length: 100 }, (_, n) => client.ask(`/app/generated?size=${4 * (n + 1) * 1000}`));
      const held = client.open('/app/chunks');
      const answers = await Promise.all(streams);
      answers.forEach(({ body, reset }, n) => {
        expect(reset).toBe(0);
        expect(body.equals(pattern(0, 4 * (n + 1) * 1000))).toBe(true);
      });
      held.close(constants.NGHTTP2_CANCEL);
    });

    it('each send their chunks at once', async () => {
      const stream = client.open('/app/chunks');
      let text = '';
      stream.on('data', (piece) => (text += String(piece)));
      for (const n of [1, 2, 3]) {
        await until(`event ${n}`, () => text.endsWith(`data: ${n}\n\n`));
        await client.release('/app', `after${n}`);
      }
      await until('the end', () => stream.closed);
      expect(stream.rstCode).toBe(0);
    });
  });
}

function resetCases(client: Http2Client): void {
  describe('a client that resets a stream', () => {
    it('fires the signal, and the connection goes on', async () => {
      const stream = client.open('/app/silent');
      await client.whenEvent('/app', 'called');
      stream.close(constants.NGHTTP2_CANCEL);
      await client.whenEvent('/app', 'signal');
      await client.whenEvent('/app', 'finish client_gone');
      expect((await client.ask('/app/array')).body.toString()).toBe('one two three');
    });

    it('ends an endless response', async () => {
      const stream = client.open('/app/endless');
      await until('some of it', () => stream.readableLength > 0);
      stream.close(constants.NGHTTP2_CANCEL);
      await client.whenEvent('/app', 'returned');
      await client.whenEvent('/app', 'finish client_gone');
    });

    it('fails the read of its body', async () => {
      const stream = client.open('/streamed/until-gone', { ':method': 'POST' });
      stream.write('first');
      await client.whenEvent('/streamed', 'first 5');
      stream.destroy(new Error('close() would end the body first'));
      await client.whenEvent('/streamed', 'TSGI_CLIENT_GONE');
      await client.whenEvent('/streamed', 'finish client_gone');
      expect(await client.events('/streamed')).not.toContain('end');
    });

    it('by leaving altogether, ends all of its streams', async () => {
      client.open('/app/silent');
      client.open('/app/silent');
      await until('both', async () => (await client.events('/app')).length === 2);
      client.leave();
      client.connect();
      await until(
        'both are gone',
        async () => (await client.events('/app')).filter((event) => event === 'signal').length === 2,
      );
    });
  });
}

function failureCases(site: AnySite, client: Http2Client): void {
  describe('a failure after the response began', () => {
    it('resets the stream, and the connection goes on', async () => {
      site.expectLog(/TSGI1002/, site.brokenOff);
      const stream = client.open('/app/broken');
      const answer = client.finished(stream);
      await new Promise((resolve) => stream.once('data', resolve));
      await client.release('/app', 'fail');
      const { status, body, reset } = await answer;
      expect(status).toBe(200);
      expect(body.toString()).toBe('the first half');
      expect(reset).not.toBe(constants.NGHTTP2_NO_ERROR);
      expect((await client.ask('/app/array')).body.toString()).toBe('one two three');
    });
  });
}

function flowCases(client: Http2Client): void {
  describe('flow control', () => {
    it('holds the application, not the memory of the server', async () => {
      const stream = client.open('/app/repeated?size=50000000');
      stream.pause();
      let last = -1;
      await until('the application stands still', async () => {
        const now = Number((await client.ask('/app/produced')).body.toString());
        const stands = now > 0 && now === last;
        last = now;
        return stands;
      });
      expect(last).toBeLessThan(2_000_000);
      let size = 0;
      stream.on('data', (piece: Buffer) => (size += piece.length));
      stream.resume();
      await until('the rest', () => stream.closed);
      expect([size, stream.rstCode]).toEqual([50_000_000, 0]);
    });

    it('holds an upload that nobody reads', async () => {
      const stream = client.open('/streamed/first', { ':method': 'POST' });
      const answer = client.finished(stream);
      stream.end(Buffer.alloc(10_000_000));
      await until('the upload stands', () => stream.writableLength > 0);
      await client.release('/streamed', 'rest');
      expect(await answer).toMatchObject({ status: 200 });
    });
  });
}
