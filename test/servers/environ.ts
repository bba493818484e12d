/** What an application is told of a request. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonOf, type AnySite } from '../support/site';
import { app } from './app';

export type Environ = Record<string, string | undefined>;

interface Own {
  software: RegExp;
  /** Two fields `Cookie`, `a=1` and `b=2`, as one. */
  cookies: string;
  /** Three fields, `X-b: 1`, `x-A: 2` and `X-B: 3`, among the raw ones. */
  raw: readonly string[];
}

/** What `environ.mjs` was told. */
export async function askEnviron(
  site: AnySite,
  target: string,
  fields: [string, string][] = [],
  { method = 'GET', ...where }: { method?: string; port?: number; tls?: boolean } = {},
): Promise<Environ> {
  return (await site.json({ target, fields, method }, where)) as Environ;
}

/**
 * `site` has `environ.mjs` at /app, at /hidden without credentials, and at /head with HEAD as GET; each has OUTER=outer. It
 * takes /pretty/X for /app/real/X?from=rewrite, and looks for includes in the file /page.shtml.
 */
export function environCases(site: AnySite, own: Own): void {
  requestCases(site, own);
  methodAndTargetCases(site);
  fieldCases(site, own);
  credentialCases(site);
  rewriteCases(site);
  includeCases(site);
}

function requestCases(site: AnySite, own: Own): void {
  describe('the request', () => {
    it('is told in full', async () => {
      const connection = await site.connect();
      const local = connection.socket.localPort;
      const target = '/app/a%20b/%C3%A9;x=1?q=%20&r#';
      const reply = await connection.request({ target: target.replace('#', '') }).whenDone();
      const environ = jsonOf(reply) as Environ;
      expect(environ).toMatchObject({
        REQUEST_METHOD: 'GET',
        SCRIPT_NAME: '/app',
        PATH_INFO: '/a b/\u00c3\u00a9;x=1',
        QUERY_STRING: 'q=%20&r',
        REQUEST_URI: '/app/a%20b/%C3%A9;x=1?q=%20&r',
        SERVER_NAME: 'localhost',
        SERVER_PORT: String(site.port),
        SERVER_ADDR: '127.0.0.1',
        SERVER_PROTOCOL: 'HTTP/1.1',
        REMOTE_ADDR: '127.0.0.1',
        REMOTE_PORT: String(local),
        REQUEST_SCHEME: 'http',
        DOCUMENT_ROOT: site.server.root,
        SCRIPT_FILENAME: app('environ.mjs'),
        HTTP_HOST: 'localhost',
        'tsgi.url_scheme': 'http',
        OUTER: 'outer',
      });
      expect(environ['SERVER_SOFTWARE']).toMatch(own.software);
      for (const absent of ['HTTPS', 'REMOTE_USER', 'AUTH_TYPE', 'CONTENT_TYPE', 'CONTENT_LENGTH']) {
        expect(environ).not.toHaveProperty(absent);
      }
      expect(Object.keys(environ).filter((name) => name.startsWith('SSL_'))).toEqual([]);
    });

    it('is told the type and length of its body', async () => {
      const reply = await site.request({
        method: 'POST',
        target: '/app',
        fields: [['Content-Type', 'text/x-test; a=b']],
        body: 'seven..',
      });
      expect(jsonOf(reply)).toMatchObject({
        CONTENT_TYPE: 'text/x-test; a=b',
        CONTENT_LENGTH: '7',
        input: 7,
      });
    });
  });
}

function methodAndTargetCases(site: AnySite): void {
  describe('the request', () => {
    it('keeps a method that the server does not know', async () => {
      expect(await askEnviron(site, '/app', [], { method: 'REPORT-IT' })).toMatchObject({
        REQUEST_METHOD: 'REPORT-IT',
      });
    });

    it('keeps the target of an absolute form', async () => {
      const environ = await askEnviron(site, 'http://elsewhere.test/app/x?y');
      expect(environ).toMatchObject({ PATH_INFO: '/x', QUERY_STRING: 'y', SCRIPT_NAME: '/app' });
    });

    it('has an empty query when there is none, and no fragment', async () => {
      expect(await askEnviron(site, '/app')).toMatchObject({ QUERY_STRING: '', PATH_INFO: '' });
      expect(await askEnviron(site, '/app?')).toMatchObject({ QUERY_STRING: '', PATH_INFO: '', REQUEST_URI: '/app?' });
    });

    it('shows a HEAD as GET where that is wanted', async () => {
      const [head, seen] = [await site.request({ target: '/head', method: 'HEAD' }), await askEnviron(site, '/head')];
      expect(head).toMatchObject({ status: 200, complete: true });
      expect(head.body).toHaveLength(0);
      // JSON of GET and of HEAD would differ by one byte, but for the mark that both carry alike.
      const [whole, other] = [await site.request('/head'), await site.request({ target: '/app', method: 'HEAD' })];
      expect(seen['REQUEST_METHOD']).toBe('GET');
      expect(head.length! - whole.length!).toBe(0);
      expect(other.length! - (await site.request('/app')).length!).toBe('HEAD'.length - 'GET'.length);
    });
  });
}

function fieldCases(site: AnySite, own: Own): void {
  describe('its header fields', () => {
    it('are joined when they come several times', async () => {
      const environ = await askEnviron(site, '/app', [
        ['X-Twice', 'one'],
        ['Cookie', 'a=1'],
        ['x-twice', 'two'],
        ['Cookie', 'b=2'],
        ['X-Empty', ''],
      ]);
      expect(environ).toMatchObject({ HTTP_X_TWICE: 'one, two', HTTP_COOKIE: own.cookies, HTTP_X_EMPTY: '' });
    });

    it('are shown raw, in order and with their case, as far as the server keeps them apart', async () => {
      const { raw } = (await site.json({
        target: '/app',
        fields: [
          ['X-b', '1'],
          ['x-A', '2'],
          ['X-B', '3'],
        ],
      })) as unknown as { raw: string[] };
      const expected = ['Host', 'localhost', ...own.raw];
      expect(raw.slice(0, expected.length)).toEqual(expected);
    });

    it('cannot pass for a proxy setting, nor for the length of the body', async () => {
      const environ = await askEnviron(site, '/app', [
        ['Proxy', 'http://evil.test/'],
        ['Content-Type', 'text/plain'],
      ]);
      expect(environ).not.toHaveProperty('HTTP_PROXY');
      expect(environ).not.toHaveProperty('HTTP_CONTENT_TYPE');
      expect(environ['CONTENT_TYPE']).toBe('text/plain');
    });

    it('with bytes beyond ASCII arrive as bytes', async () => {
      expect(await askEnviron(site, '/app', [['X-Bytes', 'caf\u00c3\u00a9 \u00ff']])).toMatchObject({
        HTTP_X_BYTES: 'caf\u00c3\u00a9 \u00ff',
      });
    });
  });
}

function credentialCases(site: AnySite): void {
  describe('its header fields', () => {
    it('show the credentials unless that is switched off', async () => {
      const fields: [string, string][] = [['Authorization', 'Bearer token']];
      expect(await askEnviron(site, '/app', fields)).toMatchObject({ HTTP_AUTHORIZATION: 'Bearer token' });
      expect(await askEnviron(site, '/hidden', fields)).not.toHaveProperty('HTTP_AUTHORIZATION');
    });

    it('show no hidden credentials among the raw ones either', async () => {
      const { raw } = await askEnviron(site, '/hidden', [['Authorization', 'Bearer token']]);
      expect(JSON.stringify(raw)).not.toContain('token');
    });

    it('do not make anybody a user', async () => {
      const environ = await askEnviron(site, '/app', [
        ['Authorization', `Basic ${Buffer.from('admin:x').toString('base64')}`],
        ['Remote-User', 'admin'],
      ]);
      expect(environ).not.toHaveProperty('REMOTE_USER');
      expect(environ).not.toHaveProperty('AUTH_TYPE');
      expect(environ['HTTP_REMOTE_USER']).toBe('admin');
    });
  });
}

function rewriteCases(site: AnySite): void {
  describe('a request that the server rewrites', () => {
    it('shows the effective path, and the original target', async () => {
      expect(await askEnviron(site, '/pretty/a%20b?q=1')).toMatchObject({
        SCRIPT_NAME: '/app',
        PATH_INFO: '/real/a b',
        QUERY_STRING: 'from=rewrite&q=1',
        REQUEST_URI: '/pretty/a%20b?q=1',
      });
    });
  });
}

function includeCases(site: AnySite): void {
  describe('an included request', () => {
    it('is told of itself, not of the page that includes it', async () => {
      writeFileSync(join(site.server.root, 'page.shtml'), '<!--#include virtual="/app/part?x=1" -->');
      const target = '/page.shtml?outer';
      const reply = await site.request({ method: 'GET', target, fields: [['X-Of-Page', 'yes']] });
      expect(jsonOf(reply)).toMatchObject({
        REQUEST_METHOD: 'GET',
        SCRIPT_NAME: '/app',
        PATH_INFO: '/part',
        QUERY_STRING: 'x=1',
        REQUEST_URI: target,
        HTTP_X_OF_PAGE: 'yes',
        input: 0,
      });
    });
  });
}
