/** What becomes of middleware where only a server shows it. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { valuesOf, type Reply } from '../support/reply';
import type { AnySite } from '../support/site';
import { pattern } from './apps/responses.mjs';

const SIZE = 3_000_000;
const content = pattern(0, SIZE);
const TEXT = 'text that is worth compressing\n'.repeat(1000);
const DATE = 'Sat, 01 Jan 2022 00:00:00 GMT';

/** Makes what `staticFiles` serves; its place is the variable `ROOT` of the application. */
export function makeFiles(folder: string): string {
  const root = join(folder, 'public');
  mkdirSync(join(root, 'docs'), { recursive: true });
  writeFileSync(join(root, 'large.bin'), content);
  writeFileSync(join(root, 'text.txt'), TEXT);
  writeFileSync(join(root, 'docs/index.html'), 'the docs');
  writeFileSync(join(folder, 'outside.txt'), 'outside');
  for (const name of ['large.bin', 'text.txt', 'docs/index.html']) {
    utimesSync(join(root, name), new Date(DATE), new Date(DATE));
  }
  return root;
}

type Fields = [string, string][];
type Ask = (path: string, fields?: Fields, request?: { method?: string; body?: string }) => Promise<Reply>;

const LARGE = '/app/files/large.bin';

/**
 * `site` has `middleware.mjs` at /app; at /zipped, which compresses; and at /closed, which passes no `Authorization`.
 */
export function middlewareCases(site: AnySite): void {
  const ask: Ask = (target, fields = [], request = {}) => site.request({ ...request, target, fields });
  fileCases(ask);
  rangeCases(ask);
  compressionCases(ask);
  authenticationCases(ask);
  sessionCases(ask);
}

function fileCases(ask: Ask): void {
  describe('a static file', () => {
    it('is sent whole', async () => {
      const reply = await ask(LARGE);
      expect(reply).toMatchObject({ status: 200, length: SIZE, complete: true });
      expect(reply.body.equals(content)).toBe(true);
      expect(valuesOf(reply, 'Last-Modified')).toEqual([DATE]);
      expect(valuesOf(reply, 'Cache-Control')).toEqual(['public, max-age=60']);
      expect(valuesOf(reply, 'Accept-Ranges')).toEqual(['bytes']);
      expect(valuesOf(reply, 'ETag')).toEqual([expect.stringMatching(/^"[\w-]+"$/)]);
    });

    it('has its length in the answer to HEAD', async () => {
      expect(await ask(LARGE, [], { method: 'HEAD' })).toMatchObject({ status: 200, length: SIZE, complete: true });
    });

    it('is not sent again', async () => {
      const [etag = ''] = valuesOf(await ask(LARGE), 'ETag');
      expect((await ask(LARGE, [['If-None-Match', etag]])).status).toBe(304);
      expect((await ask(LARGE, [['If-Modified-Since', DATE]])).status).toBe(304);
      expect((await ask(LARGE, [['If-Match', '"x"']])).status).toBe(412);
    });

    it('is not reached from outside its folder', async () => {
      for (const path of [
        '/../outside.txt',
        '/..%2foutside.txt',
        '/%2e%2e/outside.txt',
        '/docs/..%5c..%5coutside.txt',
      ]) {
        const reply = await ask(`/app/files${path}`);
        expect(reply.status, path).toBeGreaterThanOrEqual(400);
        expect(String(reply.body)).not.toContain('outside');
      }
    });

    it('is what its folder leads to, with a slash', async () => {
      const reply = await ask('/app/files/docs?a=1');
      expect(reply.status).toBe(301);
      expect(valuesOf(reply, 'Location').map((url) => url.replace(/^http:\/\/[^/]+/, ''))).toEqual([
        '/app/files/docs/?a=1',
      ]);
      expect(String((await ask('/app/files/docs/')).body)).toBe('the docs');
    });

    it('takes no upload', async () => {
      const reply = await ask(LARGE, [], { method: 'PUT', body: 'x' });
      expect(reply.status).toBe(405);
      expect(valuesOf(reply, 'Allow')).toEqual(['GET, HEAD']);
    });
  });
}

function rangeCases(ask: Ask): void {
  describe('a range of a static file', () => {
    it('is cut once', async () => {
      const reply = await ask(LARGE, [['Range', 'bytes=1000-50999']]);
      expect(reply).toMatchObject({ status: 206, length: 50_000, complete: true });
      expect(valuesOf(reply, 'Content-Range')).toEqual([`bytes 1000-50999/${SIZE}`]);
      expect(valuesOf(reply, 'Accept-Ranges')).toEqual(['bytes']);
      expect(reply.body.equals(content.subarray(1000, 51_000))).toBe(true);
    });

    it('may be its end, or beyond', async () => {
      expect((await ask(LARGE, [['Range', 'bytes=-10']])).body.equals(content.subarray(SIZE - 10))).toBe(true);
      const beyond = await ask(LARGE, [['Range', `bytes=${SIZE}-`]]);
      expect(beyond.status).toBe(416);
      expect(valuesOf(beyond, 'Content-Range')).toEqual([`bytes */${SIZE}`]);
    });

    it('is that of the file that the client knows, or is none', async () => {
      const [etag = ''] = valuesOf(await ask(LARGE), 'ETag');
      const ranged = async (condition: string) =>
        (
          await ask(LARGE, [
            ['Range', 'bytes=0-9'],
            ['If-Range', condition],
          ])
        ).status;
      expect(await ranged(etag)).toBe(206);
      expect(await ranged(DATE)).toBe(206);
      expect(await ranged('"x"')).toBe(200);
      expect(await ranged(`W/${etag}`)).toBe(200);
      expect(await ranged('Sat, 01 Jan 2022 00:00:01 GMT')).toBe(200);
    });
  });
}

function compressionCases(ask: Ask): void {
  describe('compression', () => {
    const accept: Fields = [['Accept-Encoding', 'gzip']];

    it('is the server’s, with another ETag', async () => {
      const reply = await ask('/zipped/files/text.txt', accept);
      expect(valuesOf(reply, 'Content-Encoding')).toEqual(['gzip']);
      expect(gunzipSync(reply.body).toString()).toBe(TEXT);
      expect(valuesOf(reply, 'ETag')).not.toEqual(valuesOf(await ask('/app/files/text.txt'), 'ETag'));
    });

    it('leaves ranges alone', async () => {
      const reply = await ask('/zipped/files/text.txt', [...accept, ['Range', 'bytes=0-3']]);
      expect(reply.status).toBe(206);
      expect(valuesOf(reply, 'Content-Encoding')).toEqual([]);
      expect(String(reply.body)).toBe('text');
    });
  });
}

function authenticationCases(ask: Ask): void {
  const basic: Fields = [['Authorization', `Basic ${Buffer.from('ann:secret').toString('base64')}`]];

  describe('authentication', () => {
    it('by password', async () => {
      expect(String((await ask('/app/basic', basic)).body)).toBe('Basic ann');
      const reply = await ask('/app/basic');
      expect(reply.status).toBe(401);
      expect(valuesOf(reply, 'WWW-Authenticate')).toEqual(['Basic realm="test", charset="UTF-8"']);
    });

    it('by token', async () => {
      expect(String((await ask('/app/bearer', [['Authorization', 'Bearer token']])).body)).toBe('Bearer ann');
      expect(valuesOf(await ask('/app/bearer'), 'WWW-Authenticate')).toEqual(['Bearer realm="test"']);
    });

    it('needs the field that the server may keep to itself', async () => {
      expect((await ask('/closed/basic', basic)).status).toBe(401);
    });
  });
}

function sessionCases(ask: Ask): void {
  it('a session has its cookie beside those of the application', async () => {
    const first = await ask('/app/session');
    expect(String(first.body)).toBe('1');
    const cookies = valuesOf(first, 'Set-Cookie');
    expect(cookies).toEqual(['one=1', 'two=2', expect.stringMatching(/^session=.*; Path=\/app\/session; HttpOnly/)]);
    const [cookie = ''] = cookies.at(-1)?.split(';') ?? [];
    const second = await ask('/app/session', [['Cookie', `other=x; ${cookie}`]]);
    expect(String(second.body)).toBe('2');
    expect(valuesOf(second, 'Set-Cookie')).toEqual(['one=1', 'two=2']);
  });
}
