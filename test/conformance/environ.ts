import { expect } from 'vitest';
import type { Case, Section } from './case';
import { dump, read, text } from './environ-dump';
import { headers } from './environ-headers';
import { BASIC, expectReply } from './suite';

const RESERVED = [
  'tsgi.version', 'tsgi.url_scheme', 'tsgi.input', 'tsgi.errors', 'tsgi.multithread', 'tsgi.multiprocess', 'tsgi.run_once',
  'tsgi.signal', 'tsgi.flush_headers', 'tsgi.early_hints', 'tsgi.on_finish', 'tsgi.raw_headers', 'tsgi.file_wrapper',
]; // prettier-ignore

const nature: Case[] = [
  {
    rule: 'environ is an ordinary extensible object whose CGI keys are own enumerable data properties',
    request: { path: '/nature', fields: [['X-Some', 'thing']] },
    expect: (reply) => {
      expect(read(reply)).toEqual({
        ordinary: true,
        extensible: true,
        unlike: [],
        inherited: [],
        hidden: 0,
        symbols: 0,
      });
    },
  },
  {
    rule: 'environ is new for each request and the application may change it',
    run: async (trial) => {
      for (let round = 0; round < 2; round++) {
        const seen = read(await trial.request({ path: '/change', fields: [['X-Gone', 'x']] }));
        expect(seen).toEqual({
          before: null,
          same: false,
          after: ['changed', 'somebody', '/elsewhere', null],
          left: [],
        });
      }
    },
  },
  {
    rule: 'a copy of environ works as well as environ itself',
    request: { path: '/copy', method: 'POST', body: 'the body' },
    expect: (reply) => {
      expect(read(reply)).toEqual({ keys: true, shared: [], body: 'the body' });
    },
  },
  {
    rule: 'what environ holds stays the same however often it is asked for',
    request: { path: '/memo' },
    expect: (reply) => {
      expect(read(reply)).toEqual([]);
    },
  },
  dump('missing means absent: no undefined, and no empty string by invention', {}, (environ) => {
    const empty = Object.keys(environ).filter((name) => environ[name] === '');
    expect(empty.filter((name) => !['QUERY_STRING', 'SCRIPT_NAME', 'PATH_INFO'].includes(name))).toEqual([]);
    const undefinedOnes = Object.values(environ).filter((value) => (value as { type?: string }).type === 'undefined');
    expect(undefinedOnes).toEqual([]);
    for (const name of ['CONTENT_TYPE', 'CONTENT_LENGTH', 'REMOTE_USER', 'AUTH_TYPE', 'HTTPS', 'HTTP_COOKIE']) {
      expect(environ, name).not.toHaveProperty(name);
    }
  }),
  dump('an upper-case key is a string', {}, (environ) => {
    const others = Object.keys(environ).filter((name) => /^[A-Z]/.test(name) && typeof environ[name] !== 'string');
    expect(others).toEqual([]);
  }),
  dump('lower-case dotted names are reserved: tsgi.* for the specification, the others for hosts', {}, (environ) => {
    const dotted = Object.keys(environ).filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name));
    expect(dotted.filter((name) => !/^(?:nginx|apache)\.[a-z_]+$/.test(name) && !RESERVED.includes(name))).toEqual([]);
  }),
];

const required: Case[] = [
  dump('REQUEST_METHOD is the method as received', { method: 'PURGE' }, (environ) => {
    expect(environ['REQUEST_METHOD']).toBe('PURGE');
  }),
  dump('SCRIPT_NAME is the mount and PATH_INFO the rest', { path: '/dump/a/b' }, (environ, { scriptName }) => {
    expect(environ).toMatchObject({ SCRIPT_NAME: scriptName, PATH_INFO: '/dump/a/b' });
    expect(scriptName).toMatch(/^\/.*[^/]$/);
  }),
  dump(
    'SCRIPT_NAME loses the slash at the end of its mount',
    {},
    (environ, { scriptName }) => {
      expect(environ).toMatchObject({ SCRIPT_NAME: scriptName, PATH_INFO: '/dump' });
    },
    { mount: { slash: true } },
  ),
  dump(
    'SCRIPT_NAME is empty, never a slash, for an application at the root',
    {},
    (environ) => {
      expect(environ).toMatchObject({ SCRIPT_NAME: '', PATH_INFO: '/dump', REQUEST_URI: '/dump' });
    },
    { mount: { root: true } },
  ),
  dump(
    'PATH_INFO is percent-decoded, REQUEST_URI is not',
    { path: '/dump/a%2Fb%20c%25/%C3%A9?q=%20' },
    (environ, trial) => {
      expect(environ).toMatchObject({
        PATH_INFO: '/dump/a/b c%/\u00c3\u00a9',
        QUERY_STRING: 'q=%20',
        REQUEST_URI: `${trial.scriptName}/dump/a%2Fb%20c%25/%C3%A9?q=%20`,
      });
    },
  ),
  dump(
    'CGI values are strings whose code units are bytes',
    { path: '/dump/%FF%80', fields: [['X-Latin', 'caf\u00e9 \u00ff']] },
    (environ) => {
      expect(environ).toMatchObject({ PATH_INFO: '/dump/\u00ff\u0080', HTTP_X_LATIN: 'caf\u00e9 \u00ff' });
    },
  ),
  dump('QUERY_STRING is there although there is no query', {}, (environ) => {
    expect(environ['QUERY_STRING']).toBe('');
  }),
  dump('QUERY_STRING is not decoded', { path: '/dump?a=%41&b=?&c=+' }, (environ) => {
    expect(environ['QUERY_STRING']).toBe('a=%41&b=?&c=+');
  }),
  dump('SERVER_NAME, SERVER_PORT and SERVER_PROTOCOL are there', {}, (environ) => {
    expect(environ['SERVER_NAME']).toMatch(/./);
    expect(environ['SERVER_PORT']).toMatch(/^[1-9][0-9]*$/);
    expect(environ['SERVER_PROTOCOL']).toBe('HTTP/1.1');
  }),
  dump('SERVER_PROTOCOL says HTTP/1.0 when the client does', { protocol: 'HTTP/1.0' }, (environ) => {
    expect(environ['SERVER_PROTOCOL']).toBe('HTTP/1.0');
  }),
  dump('REQUEST_URI is the raw target', { path: '/dump/%7Eme//x?a=b' }, (environ, { scriptName }) => {
    expect(environ['REQUEST_URI']).toBe(`${scriptName}/dump/%7Eme//x?a=b`);
  }),
  dump(
    'after a rewrite PATH_INFO follows the effective path and REQUEST_URI stays the original',
    { path: '/old/x%20y?q' },
    (environ, { scriptName }) => {
      expect(environ).toMatchObject({
        PATH_INFO: '/dump/x y',
        QUERY_STRING: 'q',
        REQUEST_URI: `${scriptName}/old/x%20y?q`,
      });
    },
    { mount: { rewrite: { from: '/old', to: '/dump' } } },
  ),
  {
    rule: 'a mount ends at a slash or at the end of the path: a longer name is another path',
    run: async (trial) => {
      const reply = await trial.request({ path: 'lication/dump' });
      expect(reply.status).toBe(404);
      expect(reply.body.toString()).not.toContain('REQUEST_METHOD');
    },
  },
  {
    rule: 'a request for the mount itself has an empty PATH_INFO',
    request: { path: '' },
    expect: (reply, { scriptName }) => {
      expectReply(reply, { status: 200, body: JSON.stringify({ SCRIPT_NAME: scriptName, PATH_INFO: '' }) });
    },
  },
];

const optional: Case[] = [
  dump(
    'CONTENT_TYPE and CONTENT_LENGTH describe the body',
    { method: 'POST', body: 'abc', fields: [['Content-Type', 'text/plain; charset=x']] },
    (environ) => {
      expect(environ).toMatchObject({ CONTENT_TYPE: 'text/plain; charset=x', CONTENT_LENGTH: '3' });
    },
  ),
  dump('CONTENT_LENGTH of a declared empty body is 0', { method: 'POST', body: '' }, (environ) => {
    expect(environ['CONTENT_LENGTH']).toBe('0');
  }),
  dump(
    'CONTENT_LENGTH of a chunked body is absent, or its true length',
    { method: 'POST', chunks: ['abc', 'de'] },
    (environ) => {
      expect(['5', undefined]).toContain(environ['CONTENT_LENGTH']);
    },
  ),
  dump('REMOTE_ADDR and REMOTE_PORT name the client', {}, (environ) => {
    expect(environ['REMOTE_ADDR']).toBe('127.0.0.1');
    expect(environ['REMOTE_PORT']).toMatch(/^[1-9][0-9]*$/);
  }),
  dump('SERVER_ADDR, SERVER_SOFTWARE, DOCUMENT_ROOT and SCRIPT_FILENAME describe the server', {}, (environ) => {
    expect(environ['SERVER_ADDR']).toBe('127.0.0.1');
    expect(environ['SERVER_SOFTWARE']).toMatch(/./);
    expect(environ['DOCUMENT_ROOT']).toMatch(/^\//);
    expect(environ['SCRIPT_FILENAME']).toMatch(/\/environ\.mjs$/);
  }),
  dump(
    'REMOTE_USER and AUTH_TYPE name the user that the host has authenticated',
    { fields: [BASIC] },
    (environ) => {
      expect(environ).toMatchObject({ REMOTE_USER: 'user', AUTH_TYPE: 'Basic' });
    },
    { mount: { basicAuth: true } },
  ),
  dump('REQUEST_SCHEME is http, and HTTPS is absent, without TLS', {}, (environ) => {
    expect(environ['REQUEST_SCHEME']).toBe('http');
    expect(environ['tsgi.url_scheme']).toBe('http');
    expect(environ).not.toHaveProperty('HTTPS');
  }),
  dump('REQUEST_SCHEME is https, and HTTPS is on, under TLS', { https: true }, (environ) => {
    expect(environ).toMatchObject({ REQUEST_SCHEME: 'https', HTTPS: 'on', 'tsgi.url_scheme': 'https' });
  }),
  dump(
    'what the administrator adds is there, an empty value only if it is wanted, the last one of a name',
    {},
    (environ) => {
      expect(environ).toMatchObject({ STAGE: 'test', EMPTY: '', TWICE: 'second' });
      expect(environ).not.toHaveProperty('ABSENT');
    },
    {
      mount: {
        params: [
          ['STAGE', 'test'],
          ['EMPTY', ''],
          ['ABSENT', '', true],
          ['TWICE', 'first'],
          ['TWICE', 'second'],
        ],
      },
    },
  ),
];

const objects: Case[] = [
  {
    rule: 'tsgi.version is [1, 0] and the objects of the specification are there',
    request: { path: '/types' },
    expect: (reply) => {
      expect(read(reply)).toMatchObject({
        version: [1, 0],
        scheme: 'http',
        multithread: false,
        runOnce: false,
        input: true,
        iterable: true,
        errors: true,
      });
      expect(typeof read(reply)['multiprocess']).toBe('boolean');
    },
  },
  {
    rule: 'the helpers decode the path and build the URL from REQUEST_URI',
    request: { path: '/helpers/caf%C3%A9/%7e?x=1', fields: [['Host', 'example.org:81']] },
    expect: (reply, { scriptName }) => {
      expect(text(reply)).toEqual({
        path: '/helpers/caf\u00e9/~',
        url: `http://example.org:81${scriptName}/helpers/caf%C3%A9/%7e?x=1`,
        target: `${scriptName}/helpers/caf%C3%A9/%7e?x=1`,
      });
    },
  },
  {
    rule: 'the helpers build the URL from the effective path when REQUEST_URI does not decode to it',
    mount: { rewrite: { from: '/old', to: '/helpers' } },
    request: { path: '/old/caf%C3%A9?x=1' },
    expect: (reply, { scriptName }) => {
      expect(text(reply)).toMatchObject({ target: `${scriptName}/helpers/caf%C3%A9?x=1` });
    },
  },
];

export const environ: Section = {
  name: 'environ',
  app: 'environ.mjs',
  cases: [...nature, ...required, ...optional, ...headers, ...objects],
};
