/** What an application is told of the connection: TLS, users, UNIX sockets, proxies in front. */
import { execFileSync } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import { makeCertificate } from '../support/certificate';
import { until } from '../support/until';
import { app, useNginx } from './nginx';

type Environ = Record<string, string | undefined>;

let tlsPort = 0;
let strictPort = 0;
let proxiedPort = 0;

const basic = (user: string, password: string): [string, string] => [
  'Authorization',
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
];

const site = useNginx(async (folder) => {
  [tlsPort, strictPort, proxiedPort] = [await freePort(), await freePort(), await freePort()];
  makeCertificate(folder, 'server', '/CN=localhost');
  makeCertificate(folder, 'client', '/O=Tests/CN=a client');
  writeFileSync(join(folder, 'users'), 'ada:{PLAIN}lovelace\n');
  const environ = `tsgi_pass ${app('environ.mjs')}`;
  const users = `auth_basic here; auth_basic_user_file ${join(folder, 'users')};`;
  return {
    conf: {
      server: `
        location /open { ${environ}; }
        location /users {
          ${users}
          ${environ};
          location /users/off { auth_basic off; ${environ}; }
          location /users/any { satisfy any; allow all; ${environ}; }
        }`,
      http: `
        server {
          listen 127.0.0.1:${tlsPort} ssl;
          server_name secure.test;
          ssl_certificate ${join(folder, 'server.pem')};
          ssl_certificate_key ${join(folder, 'server.key')};
          ssl_client_certificate ${join(folder, 'client.pem')};
          ssl_verify_client optional;
          location / { ${environ}; }
        }
        server {
          listen 127.0.0.1:${proxiedPort};
          set_real_ip_from 127.0.0.1;
          real_ip_header X-Forwarded-For;
          location / { ${environ}; }
        }
        server {
          listen 127.0.0.1:${strictPort};
          underscores_in_headers on;
          ignore_invalid_headers off;
          location / { ${environ}; }
        }
        server {
          listen unix:${join(folder, 'app.sock')};
          server_name by.socket;
          location / { ${environ}; }
        }`,
    },
  };
});

const ask = async (target: string, fields: [string, string][] = [], where = {}) =>
  (await site.json({ target, fields }, where)) as Environ;

/** A request over TLS with a certificate of the client's own. */
function askWithCertificate(): Promise<Environ> {
  return new Promise((resolve, reject) => {
    const [key, cert] = ['key', 'pem'].map((end) =>
      execFileSync('cat', [join(site.folder, `client.${end}`)], { encoding: 'utf8' }),
    );
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
  it('shows as HTTPS, with what nginx knows of it', async () => {
    const environ = await ask('/x', [], { port: tlsPort, tls: true });
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

describe('a user', () => {
  it('is who gave the right password', async () => {
    expect(await ask('/users', [basic('ada', 'lovelace')])).toMatchObject({ REMOTE_USER: 'ada', AUTH_TYPE: 'Basic' });
  });

  it('is nobody else', async () => {
    site.expectLog(/user "ada": password mismatch/);
    const reply = await site.request({ target: '/users', fields: [basic('ada', 'byron')] });
    expect(reply.status).toBe(401);
  });

  it('is nobody where nginx did not ask for the password, or did not need it', async () => {
    for (const target of ['/open', '/users/off', '/users/any']) {
      const environ = await ask(target, [basic('ada', 'byron')]);
      expect(environ, target).not.toHaveProperty('REMOTE_USER');
      expect(environ, target).not.toHaveProperty('AUTH_TYPE');
    }
  });
});

describe('a UNIX socket', () => {
  it('has no addresses, and a port by its scheme', async () => {
    const environ = await until('an answer over the socket', () => askOver(join(site.folder, 'app.sock')));
    expect(environ).toMatchObject({ SERVER_NAME: 'by.socket', SERVER_PORT: '80', PATH_INFO: '/y' });
    expect(environ['REMOTE_ADDR']).toMatch(/^unix:/);
    expect(environ).not.toHaveProperty('REMOTE_PORT');
  });
});

function askOver(socketPath: string): Promise<Environ> {
  return new Promise((resolve, reject) => {
    const ask = request({ socketPath, path: '/y', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('close', () => resolve(JSON.parse(text) as Environ));
    });
    ask.on('error', reject);
    ask.end();
  });
}

describe('a proxy in front', () => {
  it('is believed where the administrator trusts it', async () => {
    const fields: [string, string][] = [['X-Forwarded-For', '192.0.2.7']];
    expect(await ask('/', fields, { port: proxiedPort })).toMatchObject({ REMOTE_ADDR: '192.0.2.7' });
    expect(await ask('/open', fields)).toMatchObject({ REMOTE_ADDR: '127.0.0.1', HTTP_X_FORWARDED_FOR: '192.0.2.7' });
  });
});

describe('a server that lets odd header names through', () => {
  it('does not let them collide with others, nor with variables', async () => {
    const environ = await ask(
      '/',
      [
        ['X_User', 'underscore'],
        ['X-User', 'dash'],
        ['X.Dot', 'dot'],
        ['Remote_User', 'admin'],
      ],
      { port: strictPort },
    );
    expect(environ['HTTP_X_USER']).toBe('dash');
    expect(environ).not.toHaveProperty('REMOTE_USER');
    expect(environ).not.toHaveProperty('HTTP_REMOTE_USER');
    expect(environ['HTTP_X.DOT']).toBe('dot');
  });
});
