/** What a client says of itself, and what an application says of its response, is never taken for a fact or for framing. */
import { describe, expect, it } from 'vitest';
import { LAST_CHUNK, chunk, encodeRequest } from '../support/http1';
import { askByFrames } from '../support/http2-frames';
import { internalsIn } from '../support/internals';
import { valuesOf } from '../support/reply';
import { jsonOf, type AnySite } from '../support/site';
import { askEnviron, type Environ } from './environ';
import type { Http2Client } from './http2-client';

export interface Ports {
  /** Lets any name of a header field through, as far as the server can be told so. */
  odd: number;
}

interface Own {
  /** `Host` as the application is told it where the target names another, and what the server is named then. */
  absolute: { HTTP_HOST: string; SERVER_NAME: string };
}

/** `site` has `spoofing.mjs` at /spoof, on its port and on the odd one. */
export function spoofingCases(site: AnySite, ports: Ports, own: Own): void {
  fieldCases(site, ports);
  targetCases(site, own);
  responseCases(site);
}

interface Http2Own {
  /** Lines of the log that the server itself makes of what it refuses. */
  logs: readonly RegExp[];
}

/** `site` speaks HTTP/2 and has `spoofing.mjs` at /spoof. */
export function http2SpoofingCases(site: AnySite, client: Http2Client, own: Http2Own): void {
  http2RequestCases(site, client, own);
  describe('a response of HTTP/2', () => {
    it('has no field about a connection, and is not split', async () => {
      for (const name of framing) {
        const { status, body, reset } = await client.ask(target('200 OK', name, 'close'));
        expect([name, status, body.toString().slice(0, 12), reset]).toEqual([name, 200, 'refused TSGI', 0]);
      }
      for (const text of splitting) {
        const { status, headers, body } = await client.ask(target('200 OK', 'X-Test', text));
        expect([text, status, body.toString().slice(0, 12)]).toEqual([text, 200, 'refused TSGI']);
        expect(headers).not.toHaveProperty('set-cookie');
        expect(headers).not.toHaveProperty('x-test');
      }
    });

    it('keeps the letters of no field name', async () => {
      const { headers, body } = await client.ask(target('200 OK', 'X-Test', 'value'));
      expect([headers['x-test'], body.toString()]).toEqual(['value', 'taken']);
    });
  });
}

const injecting: [string, [string, string][]][] = [
  ['about the connection', [['connection', 'close, content-length']]],
  ['with a transfer coding', [['transfer-encoding', 'chunked']]],
  ['with an upgrade', [['upgrade', 'h2c']]],
  ['with a length that it does not have', [['content-length', '7']]],
  ['with capitals', [['X-Injected', '1']]],
  ['with a break in a value', [['x-test', 'a\r\nx-injected: 1']]],
  ['with a bare LF in a value', [['x-test', 'a\nx-injected: 1']]],
  ['with a NUL in a value', [['x-test', 'a\0b']]],
  ['with a break in a name', [['x-test: a\r\nx-injected', '1']]],
  ['with a colon in a name', [['remote:user', '1']]],
  ['without a name', [['', '1']]],
  ['with another path', [[':path', '/spoof/other']]],
  ['with an unknown pseudo-header', [[':x', '1']]],
  ['with a method in between', [[':method', 'POST']]],
];

/** Frames leave nothing open about where a request ends, but HTTP/1 could be made of what is in them. */
function http2RequestCases(site: AnySite, client: Http2Client, { logs }: Http2Own): void {
  const usual: [string, string][] = [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':authority', 'localhost'],
    [':path', '/spoof/x'],
  ];
  const ask = (fields: [string, string][]) => askByFrames(site.port, fields);

  describe('a request of HTTP/2', () => {
    it.each(injecting)('is refused, or changes no fact: %s', async (_title, fields) => {
      site.allowLog(...logs);
      const plain = factsOf(JSON.parse(await ask(usual)) as Environ);
      expect(plain).toMatchObject({ PATH_INFO: '/x', REQUEST_METHOD: 'GET' });
      const answer = await ask([...usual, ...fields]);
      if (answer.startsWith('{')) {
        const environ = JSON.parse(answer) as Environ;
        expect(factsOf({ ...environ, CONTENT_LENGTH: undefined })).toEqual({ ...plain, CONTENT_LENGTH: undefined });
        expect(environ).not.toHaveProperty('HTTP_X_INJECTED');
        expect(Object.values(environ).filter((value) => /[\r\n\0]/.test(value ?? ''))).toEqual([]);
      } else {
        expect(answer).toMatch(/^(refused|<)/);
      }
      expect((await client.ask('/spoof/next')).status).toBe(200);
    });

    it('with a break in its path is refused, or has it escaped', async () => {
      site.allowLog(...logs);
      for (const path of ['/spoof/x HTTP/1.1\r\nx-injected: 1\r\n\r\n', '/spoof/a\nb', '/spoof/a\0b', 'spoof', '']) {
        const answer = await ask([...usual.slice(0, 3), [':path', path]]);
        expect([path, /^(refused|<)/.test(answer) || answer]).toEqual([path, true]);
      }
    });
  });
}

/** Names that some program might take for those of variables. */
const names = [
  ...['Proxy', 'proxy', 'PROXY', 'HTTP_PROXY', 'HTTP-PROXY', 'HTTPS', 'HTTP_HOST', 'HTTP_COOKIE', 'HTTP_X'],
  ...[
    'X_Forwarded_For',
    'X-Forwarded_For',
    'X_Forwarded-For',
    'Content_Length',
    'Content_Type',
    'Content-Length_',
    'Host_',
  ],
  ...[
    'REMOTE_USER',
    'Remote-User',
    'Remote_User',
    'AUTH_TYPE',
    'Auth-Type',
    'REMOTE_ADDR',
    'Remote-Addr',
    'REMOTE_PORT',
  ],
  ...['SSL_CLIENT_VERIFY', 'SSL-Client-Verify', 'SSL_PROTOCOL', 'SSL-Protocol', 'SSL_CLIENT_S_DN', 'SSL-Client-S-DN'],
  ...[
    'SERVER_NAME',
    'Server-Name',
    'SERVER_PORT',
    'SCRIPT_NAME',
    'Script-Name',
    'PATH_INFO',
    'Path-Info',
    'QUERY_STRING',
  ],
  ...['REQUEST_METHOD', 'Request-Method', 'REQUEST_URI', 'REQUEST_SCHEME', 'SCRIPT_FILENAME', 'Script-Filename'],
  ...[
    'DOCUMENT_ROOT',
    'GATEWAY_INTERFACE',
    'X-HTTP-Method-Override',
    'X-Forwarded-Proto',
    'X-Forwarded-Host',
    'Forwarded',
  ],
  ...[
    'tsgi.version',
    'tsgi.url_scheme',
    'tsgi.input',
    'tsgi.errors',
    'nginx.x',
    'apache.x',
    'tsgi_version',
    'TSGI-Version',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
    'UNIQUE_ID',
    'Unique-Id',
    'PATH',
    'NODE_OPTIONS',
  ],
];

/** The entries that no header may add, change or take away; those that differ from request to request are left out. */
function factsOf(environ: Environ): Environ {
  const changing = /^(HTTP_.*|REMOTE_PORT|UNIQUE_ID)$/;
  return Object.fromEntries(Object.entries(environ).filter(([name]) => !changing.test(name)));
}

function fieldCases(site: AnySite, ports: Ports): void {
  describe.each(['usual', 'odd'] as const)('a header field of the %s port', (which) => {
    const where = () => ({ port: which === 'odd' ? ports.odd : site.port });

    it.each(names)('changes no fact, whatever its name: %s', async (name) => {
      const plain = factsOf(await askEnviron(site, '/spoof/x?q', [], where()));
      const environ = await askEnviron(site, '/spoof/x?q', [[name, 'spoofed']], where());
      expect(factsOf(environ)).toEqual(plain);
      for (const known of ['HTTP_PROXY', 'HTTP_CONTENT_LENGTH', 'HTTP_CONTENT_TYPE', 'HTTP_HOST', 'HTTP_X_TRIAL']) {
        expect(environ[known]).not.toBe('spoofed');
      }
      const told = Object.keys(environ).filter((key) => environ[key] === 'spoofed');
      const spelled = `HTTP_${name.toUpperCase().replaceAll('-', '_')}`;
      expect([[], [spelled]]).toContainEqual(told);
      expect(told.length === 0 || !name.includes('_')).toBe(true);
    });

    it('with an underscore does not hide the one with a dash, nor add to it', async () => {
      for (const fields of [
        [
          ['X_Forwarded_For', '192.0.2.1'],
          ['X-Forwarded-For', '192.0.2.2'],
        ],
        [
          ['X-Forwarded-For', '192.0.2.2'],
          ['X_Forwarded_For', '192.0.2.1'],
        ],
      ] as [string, string][][]) {
        const environ = await askEnviron(site, '/spoof', fields, where());
        expect(environ['HTTP_X_FORWARDED_FOR']).toBe('192.0.2.2');
        expect(environ['REMOTE_ADDR']).toBe('127.0.0.1');
      }
    });
  });

  describe('a trailer', () => {
    it('is no header', async () => {
      const connection = await site.connect();
      const incoming = connection.expect('POST');
      connection.write(encodeRequest({ method: 'POST', target: '/spoof', chunks: [], headOnly: true }));
      const trailers = 'X-Late: spoofed\r\nRemote-User: spoofed\r\nAuthorization: spoofed\r\nHost: spoofed\r\n';
      connection.write(Buffer.concat([chunk('x'), Buffer.from(LAST_CHUNK.replace('\r\n', `\r\n${trailers}`))]));
      const reply = await incoming.whenDone();
      expect(reply.status).toBe(200);
      expect(reply.body.toString()).not.toContain('spoofed');
    });
  });
}

function targetCases(site: AnySite, own: Own): void {
  describe('a target with a host of its own', () => {
    it('says what the host is', async () => {
      const environ = await askEnviron(site, 'http://elsewhere.test/spoof/x', [['Host', 'localhost']]);
      expect(environ).toMatchObject({ ...own.absolute, SCRIPT_NAME: '/spoof', PATH_INFO: '/x' });
      expect(environ['REQUEST_URI']).toBe('/spoof/x');
      const other = await askEnviron(site, 'http://elsewhere.test:8080/spoof/x?http://a.b:9/', [
        ['Host', 'localhost:1'],
      ]);
      expect(other['HTTP_HOST']).toBe(`${own.absolute.HTTP_HOST}:8080`);
      expect(await askEnviron(site, '/spoof/x?http://a.b:9/')).toMatchObject({ HTTP_HOST: 'localhost' });
    });

    it('does not say what the scheme is', async () => {
      const environ = await askEnviron(site, 'https://elsewhere.test/spoof/x');
      expect(environ['REQUEST_SCHEME']).toBe('http');
      expect(environ).not.toHaveProperty('HTTPS');
    });
  });
}

const encoded = (text: string) => Buffer.from(text, 'latin1').toString('base64url');
const target = (status: string, name?: string, value = '', path = '') =>
  `/spoof${path}?status=${encoded(status)}${name === undefined ? '' : `&name=${encoded(name)}&value=${encoded(value)}`}`;

const splitting = ['\r\n', '\n', '\r', '\0', '\r\n\r\n', '\r\n '].map((cut) => `a${cut}Set-Cookie: injected=1`);
const framing = [
  ...['Connection', 'connection', 'Keep-Alive', 'Proxy-Connection', 'Transfer-Encoding', 'TRANSFER-ENCODING', 'TE'],
  ...['Upgrade', 'Trailer', 'Trailers', 'Proxy-Authenticate', 'Proxy-Authorization', 'Status', 'sTaTuS'],
];

function responseCases(site: AnySite): void {
  async function expectRefused(asked: string): Promise<void> {
    const connection = await site.connect();
    const reply = await connection.request({ target: asked }).whenDone();
    expect(`${reply.status} ${reply.body.toString()}`).toMatch(/^200 refused TSGI_/);
    expect(reply.interim).toEqual([]);
    expect(valuesOf(reply, 'Set-Cookie')).toEqual([]);
    expect(internalsIn(site, { ...reply, body: Buffer.alloc(0) })).toEqual([]);
    const next = await connection.request({ target: '/spoof' }).whenDone();
    expect((jsonOf(next) as Environ)['PATH_INFO']).toBe('');
    expect(connection.stray.length).toBe(0);
    connection.close();
  }

  describe('a response that an application would split', () => {
    it.each(splitting)('is refused, wherever the break is: %j', async (text) => {
      for (const name of ['X-Test', 'Location', 'Set-Cookie', 'Content-Type', 'Content-Length', 'Link']) {
        await expectRefused(target('200 OK', name, text));
      }
      await expectRefused(target('200 OK', text, 'value'));
      await expectRefused(target(`200 ${text}`));
    });

    it.each(splitting)('is refused among early hints: %j', async (text) => {
      const reply = await site.request(target('200 OK', 'Link', text, '/hints'));
      expect(reply.interim).toEqual([]);
      expect(reply.body.toString()).toMatch(/^(refused TSGI_|taken)/); // a server may know no hints
      expect(valuesOf(reply, 'Set-Cookie')).toEqual([]);
    });

    it.each(['', ' ', 'a b', 'a:', 'a\tb', '\u00e9', '(a)', ':path', 'a/b'])(
      'is refused with a name of other bytes: %j',
      (name) => expectRefused(target('200 OK', name, 'x')),
    );
  });

  describe('a field about the connection', () => {
    it.each(framing)('is not for an application to send: %s', async (name) => {
      for (const value of ['close', 'chunked', '500 Spoofed']) {
        await expectRefused(target('200 OK', name, value));
      }
    });

    it.each(['+4', '-1', '4, 4', '0x4', '4.0', '', ' ', '99999999999999999999'])(
      'nor is a length that is none: %j',
      (value) => expectRefused(target('200 OK', 'Content-Length', value)),
    );
  });
}
