/** What an application is told of a request. */
import { describe, expect, it } from 'vitest';
import { app, useNginx } from './nginx';

type Environ = Record<string, string | undefined>;

const site = useNginx(() => ({
  conf: {
    http: 'map $arg_word $of_a_map { default ""; x "mapped"; }',
    server: `
      tsgi_param OUTER outer;
      location /app { tsgi_pass ${app('environ.mjs')}; }
      location /hidden { tsgi_pass ${app('environ.mjs')}; tsgi_pass_authorization off; }
      location /head { tsgi_pass ${app('environ.mjs')}; tsgi_map_head_to_get on; }
      location /params {
        tsgi_param PLAIN "a value";
        tsgi_param FROM_VARIABLE $arg_word-$request_method;
        tsgi_param FROM_MAP $of_a_map;
        tsgi_param EMPTY $arg_none;
        tsgi_param LEFT_OUT $arg_none if_not_empty;
        tsgi_param LEFT_IN $arg_word if_not_empty;
        tsgi_param SERVER_NAME renamed;
        tsgi_param REMOTE_USER $arg_user if_not_empty;
        tsgi_pass ${app('environ.mjs')};
        location /params/none { tsgi_pass ${app('environ.mjs')}; }
        location /params/own { tsgi_param OWN own; tsgi_pass ${app('environ.mjs')}; }
      }`,
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
    expect(environ['SERVER_SOFTWARE']).toMatch(/^nginx\/1\./);
    for (const absent of ['HTTPS', 'REMOTE_USER', 'AUTH_TYPE', 'CONTENT_TYPE', 'CONTENT_LENGTH']) {
      expect(environ).not.toHaveProperty(absent);
    }
    expect(Object.keys(environ).filter((name) => name.startsWith('SSL_'))).toEqual([]);
  });

  it('keeps a method that nginx does not know', async () => {
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
  it('are joined when they come several times, cookies in their own way', async () => {
    const environ = await ask('/app', [
      ['X-Twice', 'one'],
      ['Cookie', 'a=1'],
      ['x-twice', 'two'],
      ['Cookie', 'b=2'],
      ['X-Empty', ''],
    ]);
    expect(environ).toMatchObject({ HTTP_X_TWICE: 'one, two', HTTP_COOKIE: 'a=1; b=2', HTTP_X_EMPTY: '' });
  });

  it('are shown raw, in order and with their case', async () => {
    const { raw } = (await site.json({
      target: '/app',
      fields: [
        ['X-b', '1'],
        ['x-A', '2'],
        ['X-B', '3'],
      ],
    })) as unknown as { raw: string[] };
    expect(raw.slice(0, 8)).toEqual(['Host', 'localhost', 'X-b', '1', 'x-A', '2', 'X-B', '3']);
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

describe('tsgi_param', () => {
  it('adds what the administrator says, variables and all', async () => {
    const environ = await ask('/params?word=x&user=me');
    expect(environ).toMatchObject({
      PLAIN: 'a value',
      FROM_VARIABLE: 'x-GET',
      FROM_MAP: 'mapped',
      EMPTY: '',
      LEFT_IN: 'x',
      SERVER_NAME: 'renamed',
      REMOTE_USER: 'me',
    });
    expect(environ).not.toHaveProperty('LEFT_OUT');
    expect(environ).not.toHaveProperty('OUTER');
    const other = await ask('/params');
    expect(other).toMatchObject({ FROM_VARIABLE: '-GET', FROM_MAP: '' });
    expect(other).not.toHaveProperty('LEFT_IN');
    expect(other).not.toHaveProperty('REMOTE_USER');
  });

  it('is inherited by a level that has none of its own, and by no other', async () => {
    expect(await ask('/params/none')).toMatchObject({ PLAIN: 'a value', SCRIPT_NAME: '/params/none' });
    const own = await ask('/params/own');
    expect(own).toMatchObject({ OWN: 'own' });
    expect(own).not.toHaveProperty('PLAIN');
  });
});
