/** What a client says of itself, and what an application says of its response, is never taken for a fact or for framing. */
import { describe, expect, it } from 'vitest';
import { LAST_CHUNK, chunk, encodeRequest } from '../support/http1';
import { internalsIn } from '../support/internals';
import { valuesOf } from '../support/reply';
import { jsonOf, type AnySite } from '../support/site';
import { askEnviron, type Environ } from './environ';

export interface Ports {
  /** Lets any name of a header field through, as far as the server can be told so. */
  odd: number;
}

interface Own {
  /** `Host` as the application is told it where the target names another, and what the server is named then. */
  absolute: { HTTP_HOST: string; SERVER_NAME: string };
}

/** `site` has `spoofing.mjs` at /app, on its port and on the odd one. */
export function spoofingCases(site: AnySite, ports: Ports, own: Own): void {
  fieldCases(site, ports);
  targetCases(site, own);
  responseCases(site);
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
      const plain = factsOf(await askEnviron(site, '/app/x?q', [], where()));
      const environ = await askEnviron(site, '/app/x?q', [[name, 'spoofed']], where());
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
        const environ = await askEnviron(site, '/app', fields, where());
        expect(environ['HTTP_X_FORWARDED_FOR']).toBe('192.0.2.2');
        expect(environ['REMOTE_ADDR']).toBe('127.0.0.1');
      }
    });
  });

  describe('a trailer', () => {
    it('is no header', async () => {
      const connection = await site.connect();
      const incoming = connection.expect('POST');
      connection.write(encodeRequest({ method: 'POST', target: '/app', chunks: [], headOnly: true }));
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
      const environ = await askEnviron(site, 'http://elsewhere.test/app/x', [['Host', 'localhost']]);
      expect(environ).toMatchObject({ ...own.absolute, SCRIPT_NAME: '/app', PATH_INFO: '/x' });
      expect(environ['REQUEST_URI']).toBe('/app/x');
      const other = await askEnviron(site, 'http://elsewhere.test:8080/app/x?http://a.b:9/', [['Host', 'localhost:1']]);
      expect(other['HTTP_HOST']).toBe(`${own.absolute.HTTP_HOST}:8080`);
      expect(await askEnviron(site, '/app/x?http://a.b:9/')).toMatchObject({ HTTP_HOST: 'localhost' });
    });

    it('does not say what the scheme is', async () => {
      const environ = await askEnviron(site, 'https://elsewhere.test/app/x');
      expect(environ['REQUEST_SCHEME']).toBe('http');
      expect(environ).not.toHaveProperty('HTTPS');
    });
  });
}

const encoded = (text: string) => Buffer.from(text, 'latin1').toString('base64url');
const target = (status: string, name?: string, value = '', path = '') =>
  `/app${path}?status=${encoded(status)}${name === undefined ? '' : `&name=${encoded(name)}&value=${encoded(value)}`}`;

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
    const next = await connection.request({ target: '/app' }).whenDone();
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
