/** What an application is told of a request. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { app, useApache } from './apache';

type Environ = Record<string, string | undefined>;

const alias = (prefix: string, directives: string) => `
  TSGIScriptAlias ${prefix} ${app('environ.mjs')}
  <Location ${prefix}>
    ${directives}
  </Location>`;

const site = useApache(() => ({
  modules: ['setenvif', 'rewrite', 'unique_id', 'include'],
  conf: {
    server: `
      SetEnv OUTER outer
      RewriteEngine on
      RewriteRule ^/params - [E=REWRITTEN:%{QUERY_STRING}]
      RewriteRule ^/pretty/(.*)$ /app/real/$1?from=rewrite [PT,QSA]
      <Directory />
        AllowOverride All
      </Directory>
      ${alias('/app', '')}
      ${alias('/hidden', 'TSGIPassAuthorization off')}
      ${alias('/head', 'TSGIMapHEADToGET on')}
      ${alias(
        '/params',
        `SetEnv PLAIN "a value"
         SetEnv EMPTY ""
         SetEnv SERVER_NAME renamed
         SetEnv SCRIPT_NAME /elsewhere
         SetEnv CONTENT_LENGTH 7
         SetEnv HTTP_PROXY http://evil.test/
         SetEnv HTTP_X_ADDED added
         SetEnv REMOTE_ADDR 192.0.2.1
         SetEnv tsgi.version 9
         SetEnv apache.anything 1
         SetEnvIf X-User (.+) REMOTE_USER=$1`,
      )}`,
  },
}));

const ask = async (target: string, fields: [string, string][] = [], method = 'GET') =>
  (await site.json({ target, fields, method })) as Environ;

describe('the request', () => {
  it('is told in full', async () => {
    const connection = await site.connect();
    const local = connection.socket.localPort;
    const target = '/app/a%20b/%C3%A9;x=1?q=%20&r#';
    const reply = await connection.request({ target: target.replace('#', '') }).whenDone();
    const environ = JSON.parse(reply.body.toString()) as Environ;
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
    expect(environ['SERVER_SOFTWARE']).toMatch(/^Apache\/2\.4/);
    for (const absent of ['HTTPS', 'REMOTE_USER', 'AUTH_TYPE', 'CONTENT_TYPE', 'CONTENT_LENGTH']) {
      expect(environ).not.toHaveProperty(absent);
    }
    expect(Object.keys(environ).filter((name) => name.startsWith('SSL_'))).toEqual([]);
  });

  it('keeps a method that httpd does not know', async () => {
    expect(await ask('/app', [], 'REPORT-IT')).toMatchObject({ REQUEST_METHOD: 'REPORT-IT' });
  });

  it('keeps the target of an absolute form', async () => {
    const environ = await ask('http://elsewhere.test/app/x?y');
    expect(environ).toMatchObject({ PATH_INFO: '/x', QUERY_STRING: 'y', SCRIPT_NAME: '/app' });
  });

  it('has an empty query when there is none, and no fragment', async () => {
    expect(await ask('/app')).toMatchObject({ QUERY_STRING: '', PATH_INFO: '' });
    expect(await ask('/app?')).toMatchObject({ QUERY_STRING: '', PATH_INFO: '', REQUEST_URI: '/app?' });
  });

  it('shows a HEAD as GET where that is wanted', async () => {
    const [head, seen] = [await site.request({ target: '/head', method: 'HEAD' }), await ask('/head')];
    expect(head).toMatchObject({ status: 200, complete: true });
    expect(head.body).toHaveLength(0);
    // JSON of GET and of HEAD would differ by one byte, but for the mark that both carry alike.
    const [whole, other] = [await site.request('/head'), await site.request({ target: '/app', method: 'HEAD' })];
    expect(seen['REQUEST_METHOD']).toBe('GET');
    expect(head.length! - whole.length!).toBe(0);
    expect(other.length! - (await site.request('/app')).length!).toBe('HEAD'.length - 'GET'.length);
  });

  it('is told the type and length of its body', async () => {
    const reply = await site.request({
      method: 'POST',
      target: '/app',
      fields: [['Content-Type', 'text/x-test; a=b']],
      body: 'seven..',
    });
    expect(JSON.parse(reply.body.toString())).toMatchObject({
      CONTENT_TYPE: 'text/x-test; a=b',
      CONTENT_LENGTH: '7',
      input: 7,
    });
  });
});

describe('its header fields', () => {
  it('are joined when they come several times, cookies too: httpd itself does it', async () => {
    const environ = await ask('/app', [
      ['X-Twice', 'one'],
      ['Cookie', 'a=1'],
      ['x-twice', 'two'],
      ['Cookie', 'b=2'],
      ['X-Empty', ''],
    ]);
    expect(environ).toMatchObject({ HTTP_X_TWICE: 'one, two', HTTP_COOKIE: 'a=1, b=2', HTTP_X_EMPTY: '' });
  });

  it('are shown raw, in order and with their case, as far as httpd keeps them apart', async () => {
    const { raw } = (await site.json({
      target: '/app',
      fields: [
        ['X-b', '1'],
        ['x-A', '2'],
        ['X-B', '3'],
      ],
    })) as unknown as { raw: string[] };
    expect(raw.slice(0, 6)).toEqual(['Host', 'localhost', 'X-b', '1, 3', 'x-A', '2']);
  });

  it('cannot pass for a proxy setting, nor for the length of the body', async () => {
    const environ = await ask('/app', [
      ['Proxy', 'http://evil.test/'],
      ['Content-Type', 'text/plain'],
    ]);
    expect(environ).not.toHaveProperty('HTTP_PROXY');
    expect(environ).not.toHaveProperty('HTTP_CONTENT_TYPE');
    expect(environ['CONTENT_TYPE']).toBe('text/plain');
  });

  it('with bytes beyond ASCII arrive as bytes', async () => {
    expect(await ask('/app', [['X-Bytes', 'caf\u00c3\u00a9 \u00ff']])).toMatchObject({
      HTTP_X_BYTES: 'caf\u00c3\u00a9 \u00ff',
    });
  });

  it('show the credentials unless that is switched off', async () => {
    const fields: [string, string][] = [['Authorization', 'Bearer token']];
    expect(await ask('/app', fields)).toMatchObject({ HTTP_AUTHORIZATION: 'Bearer token' });
    expect(await ask('/hidden', fields)).not.toHaveProperty('HTTP_AUTHORIZATION');
  });

  it('show no hidden credentials among the raw ones either', async () => {
    const { raw } = await ask('/hidden', [['Authorization', 'Bearer token']]);
    expect(JSON.stringify(raw)).not.toContain('token');
  });

  it('do not make anybody a user', async () => {
    const environ = await ask('/app', [
      ['Authorization', `Basic ${Buffer.from('admin:x').toString('base64')}`],
      ['Remote-User', 'admin'],
    ]);
    expect(environ).not.toHaveProperty('REMOTE_USER');
    expect(environ).not.toHaveProperty('AUTH_TYPE');
    expect(environ['HTTP_REMOTE_USER']).toBe('admin');
  });
});

describe('variables of the request', () => {
  it('are added: those of SetEnv, SetEnvIf, mod_rewrite and other modules', async () => {
    const environ = await ask('/params?word=x', [['X-User', 'me']]);
    expect(environ).toMatchObject({
      OUTER: 'outer',
      PLAIN: 'a value',
      EMPTY: '',
      REWRITTEN: 'word=x',
      REMOTE_USER: 'me',
      HTTP_X_ADDED: 'added',
    });
    expect(environ['UNIQUE_ID']).toMatch(/^[\w@-]{20,}$/);
    expect(await ask('/params')).not.toHaveProperty('REMOTE_USER');
    expect(await ask('/app')).not.toHaveProperty('PLAIN');
  });

  it('replace nothing that the server knows, and nothing that is reserved', async () => {
    const environ = await ask('/params/x');
    expect(environ).toMatchObject({ SERVER_NAME: 'localhost', SCRIPT_NAME: '/params', REMOTE_ADDR: '127.0.0.1' });
    for (const name of ['CONTENT_LENGTH', 'HTTP_PROXY', 'tsgi.version', 'apache.anything']) {
      expect(environ).not.toHaveProperty([name]);
    }
  });
});

describe('a request that httpd rewrites', () => {
  it('shows the effective path, and the original target', async () => {
    expect(await ask('/pretty/a%20b?q=1')).toMatchObject({
      SCRIPT_NAME: '/app',
      PATH_INFO: '/real/a b',
      QUERY_STRING: 'from=rewrite&q=1',
      REQUEST_URI: '/pretty/a%20b?q=1',
    });
  });
});

describe('an included request', () => {
  it('is told of itself, not of the page that includes it', async () => {
    writeFileSync(join(site.server.root, 'page.shtml'), '<!--#include virtual="/app/part?x=1" -->');
    writeFileSync(
      join(site.server.root, '.htaccess'),
      'Options +Includes\nAddType text/html .shtml\nAddOutputFilter INCLUDES .shtml\n',
    );
    const target = '/page.shtml?outer';
    const reply = await site.request({ method: 'GET', target, fields: [['X-Of-Page', 'yes']] });
    expect(JSON.parse(reply.body.toString())).toMatchObject({
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
