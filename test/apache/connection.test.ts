/** What an application is told of the connection: TLS, users, names, proxies in front. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import { makeCertificate } from '../support/certificate';
import { app, useApache } from './apache';

type Environ = Record<string, string | undefined>;

let tlsPort = 0;
let exportingPort = 0;
let proxiedPort = 0;
let canonicalPort = 0;

const alias = (prefix: string, directives = '') => `
  TSGIScriptAlias ${prefix} ${app('environ.mjs')}
  <Location ${prefix}>
    ${directives}
  </Location>`;

const basic = (user: string, password: string): [string, string] => [
  'Authorization',
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
];

const site = useApache(async (folder) => {
  [tlsPort, exportingPort] = [await freePort(), await freePort()];
  [proxiedPort, canonicalPort] = [await freePort(), await freePort()];
  makeCertificate(folder, 'server', '/CN=localhost');
  makeCertificate(folder, 'client', '/O=Tests/CN=a client');
  writeFileSync(join(folder, 'users'), `ada:{SHA}${createHash('sha1').update('lovelace').digest('base64')}\n`);
  const users = `AuthType Basic\nAuthName here\nAuthUserFile ${join(folder, 'users')}`;
  const host = (port: number, directives: string) => `
    Listen 127.0.0.1:${port}
    <VirtualHost 127.0.0.1:${port}>
      ${directives}
    </VirtualHost>`;
  const tls = `
    ServerName secure.test
    SSLEngine on
    SSLCertificateFile ${join(folder, 'server.pem')}
    SSLCertificateKeyFile ${join(folder, 'server.key')}
    SSLCACertificateFile ${join(folder, 'client.pem')}
    SSLVerifyClient optional
    ${alias('/')}`;
  return {
    startsWith: [/\[ssl:warn\]/],
    modules: ['ssl', 'socache_shmcb', 'auth_basic', 'authn_core', 'authn_file', 'authz_user', 'remoteip'],
    conf: {
      main: `
        ${host(tlsPort, tls)}
        ${host(exportingPort, `${tls}\nSSLOptions +StdEnvVars`)}
        ${host(proxiedPort, `RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n${alias('/')}`)}
        ${host(canonicalPort, `UseCanonicalName on\nServerName https://by.name:8443\n${alias('/')}`)}`,
      server: `
        ${alias('/open')}
        ${alias('/users', `${users}\nRequire valid-user`)}
        ${alias('/anybody', `${users}\n<RequireAny>\nRequire all granted\nRequire valid-user\n</RequireAny>`)}`,
    },
  };
});

const ask = async (target: string, fields: [string, string][] = [], where = {}) =>
  (await site.json({ target, fields }, where)) as Environ;

/** A request over TLS with a certificate of the client's own. */
function askWithCertificate(): Promise<Environ> {
  return new Promise((resolve, reject) => {
    const [key, cert] = ['key', 'pem'].map((end) => readFileSync(join(site.folder, `client.${end}`), 'utf8'));
    const socket = connect({
      ...{ port: tlsPort, host: '127.0.0.1', rejectUnauthorized: false, servername: 'secure.test' },
      ...{ key, cert },
    });
    let text = '';
    socket.setEncoding('utf8').on('data', (piece) => (text += piece));
    socket.on('error', reject);
    socket.on('end', () => resolve(JSON.parse(text.split('\r\n\r\n')[1] ?? '') as Environ));
    socket.write('GET /x HTTP/1.0\r\nHost: secure.test\r\n\r\n');
  });
}

describe('TLS', () => {
  it('shows as HTTPS, with what mod_ssl knows of it', async () => {
    const environ = await ask('/x', [['Host', `secure.test:${tlsPort}`]], { port: tlsPort, tls: true });
    expect(environ).toMatchObject({
      HTTPS: 'on',
      REQUEST_SCHEME: 'https',
      'tsgi.url_scheme': 'https',
      SERVER_PORT: String(tlsPort),
      SERVER_NAME: 'secure.test',
      SSL_CLIENT_VERIFY: 'NONE',
    });
    expect(environ['SSL_PROTOCOL']).toMatch(/^TLSv1\.[23]$/);
    expect(environ['SSL_CIPHER']).toMatch(/^\S+$/);
    expect(environ).not.toHaveProperty('SSL_CLIENT_S_DN');
    expect(environ).not.toHaveProperty('SSL_CLIENT_CERT');
  });

  it('shows the certificate of the client, verified', async () => {
    const environ = await askWithCertificate();
    expect(environ).toMatchObject({
      SSL_CLIENT_VERIFY: 'SUCCESS',
      SSL_CLIENT_S_DN: 'CN=a client,O=Tests',
      SSL_CLIENT_I_DN: 'CN=a client,O=Tests',
      SSL_TLS_SNI: 'secure.test',
    });
    expect(environ['SSL_CLIENT_M_SERIAL']).toMatch(/^[0-9A-F]+$/);
    expect(environ['SSL_CLIENT_CERT']).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  });

  it('is not to be pretended', async () => {
    const environ = await ask('/open', [
      ['HTTPS', 'on'],
      ['X-Forwarded-Proto', 'https'],
      ['SSL-Protocol', 'TLSv9'],
    ]);
    expect(environ).toMatchObject({ 'tsgi.url_scheme': 'http', REQUEST_SCHEME: 'http', HTTP_HTTPS: 'on' });
    expect(environ).not.toHaveProperty('HTTPS');
    expect(environ).not.toHaveProperty('SSL_PROTOCOL');
  });
});

describe('SSLOptions +StdEnvVars', () => {
  it('shows all that mod_ssl knows', async () => {
    const environ = await ask('/x', [], { port: exportingPort, tls: true });
    expect(environ).toMatchObject({ HTTPS: 'on', SSL_CLIENT_VERIFY: 'NONE', SSL_SERVER_S_DN_CN: 'localhost' });
    expect(environ['SSL_PROTOCOL']).toMatch(/^TLSv1\.[23]$/);
  });
});

describe('a user', () => {
  it('is who gave the right password', async () => {
    expect(await ask('/users', [basic('ada', 'lovelace')])).toMatchObject({ REMOTE_USER: 'ada', AUTH_TYPE: 'Basic' });
  });

  it('is nobody else', async () => {
    site.expectLog(/user ada: authentication failure/);
    const reply = await site.request({ target: '/users', fields: [basic('ada', 'byron')] });
    expect(reply.status).toBe(401);
  });

  it('is nobody where httpd did not ask for the password, or did not need it', async () => {
    for (const target of ['/open', '/anybody']) {
      const environ = await ask(target, [basic('ada', 'byron')]);
      expect(environ, target).not.toHaveProperty('REMOTE_USER');
      expect(environ, target).not.toHaveProperty('AUTH_TYPE');
    }
  });
});

describe('a proxy in front', () => {
  it('is believed where the administrator trusts it', async () => {
    const fields: [string, string][] = [['X-Forwarded-For', '192.0.2.7']];
    expect(await ask('/', fields, { port: proxiedPort })).toMatchObject({ REMOTE_ADDR: '192.0.2.7' });
    expect(await ask('/open', fields)).toMatchObject({ REMOTE_ADDR: '127.0.0.1', HTTP_X_FORWARDED_FOR: '192.0.2.7' });
  });
});

describe('the name of the server', () => {
  it('is the one of the request, or the canonical one, with its scheme and port', async () => {
    expect(await ask('/open', [['Host', '[::1]:8080']])).toMatchObject({ SERVER_NAME: '[::1]', SERVER_PORT: '8080' });
    expect(await ask('/open', [['Host', 'other.test']])).toMatchObject({ SERVER_NAME: 'other.test' });
    expect(await ask('/', [['Host', 'other.test']], { port: canonicalPort })).toMatchObject({
      SERVER_NAME: 'by.name',
      SERVER_PORT: '8443',
      REQUEST_SCHEME: 'https',
      HTTPS: 'on',
    });
  });
});

describe('odd header names', () => {
  it('do not collide with others, nor with variables', async () => {
    const environ = await ask('/open', [
      ['X_User', 'underscore'],
      ['X-User', 'dash'],
      ['X.Dot', 'dot'],
      ['Remote_User', 'admin'],
    ]);
    expect(environ['HTTP_X_USER']).toBe('dash');
    expect(environ).not.toHaveProperty('REMOTE_USER');
    expect(environ).not.toHaveProperty('HTTP_REMOTE_USER');
    expect(environ['HTTP_X.DOT']).toBe('dot');
  });
});
