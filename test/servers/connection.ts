/** What an application is told of the connection: TLS, users, proxies in front. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import { makeCertificate } from '../support/certificate';
import type { AnySite } from '../support/site';
import { askEnviron, type Environ } from './environ';

interface Own {
  /** What the server logs of a wrong password. */
  mismatch: RegExp;
  /** Where nobody is asked for a password, or it does not matter. */
  unasked: readonly string[];
}

/** Of servers with `environ.mjs` at the root. */
export class Ports {
  /** `secure.test`, which asks for a certificate of the client and does without. */
  tls = 0;
  /** Believes `X-Forwarded-For` when it comes from this host. */
  proxied = 0;
  /** Lets any name of a header field through. */
  odd = 0;

  /** New ones for each attempt to start. */
  async choose(): Promise<void> {
    [this.tls, this.proxied, this.odd] = [await freePort(), await freePort(), await freePort()];
  }
}

/** The certificate `client`, and the file `users` with the password of ada. */
export function writeCredentials(folder: string): void {
  makeCertificate(folder, 'client', '/O=Tests/CN=a client');
  const hash = createHash('sha1').update('lovelace').digest('base64');
  writeFileSync(join(folder, 'users'), `ada:{SHA}${hash}\n`);
}

/** `site` has `environ.mjs` at /open, and at /users, which wants a password. */
export function connectionCases(site: AnySite, ports: Ports, own: Own): void {
  tlsCases(site, ports);
  userCases(site, own);
  proxyCases(site, ports);
}

const basic = (user: string, password: string): [string, string] => [
  'Authorization',
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
];

/** A request over TLS with a certificate of the client's own. */
function askWithCertificate(site: AnySite, port: number): Promise<Environ> {
  return new Promise((resolve, reject) => {
    const [key, cert] = ['key', 'pem'].map((end) => readFileSync(join(site.folder, `client.${end}`), 'utf8'));
    const socket = connect({
      ...{ port, host: '127.0.0.1', rejectUnauthorized: false, servername: 'secure.test' },
      ...{ key, cert },
    });
    let text = '';
    socket.setEncoding('utf8').on('data', (piece) => (text += piece));
    socket.on('error', reject);
    socket.on('end', () => resolve(JSON.parse(text.split('\r\n\r\n')[1] ?? '') as Environ));
    socket.write('GET /x HTTP/1.0\r\nHost: secure.test\r\n\r\n');
  });
}

function tlsCases(site: AnySite, ports: Ports): void {
  describe('TLS', () => {
    it('shows as HTTPS, with what the server knows of it', async () => {
      const environ = await askEnviron(site, '/x', [['Host', `secure.test:${ports.tls}`]], {
        port: ports.tls,
        tls: true,
      });
      expect(environ).toMatchObject({
        HTTPS: 'on',
        REQUEST_SCHEME: 'https',
        'tsgi.url_scheme': 'https',
        SERVER_PORT: String(ports.tls),
        SERVER_NAME: 'secure.test',
        SSL_CLIENT_VERIFY: 'NONE',
      });
      expect(environ['SSL_PROTOCOL']).toMatch(/^TLSv1\.[23]$/);
      expect(environ['SSL_CIPHER']).toMatch(/^\S+$/);
      expect(environ).not.toHaveProperty('SSL_CLIENT_S_DN');
      expect(environ).not.toHaveProperty('SSL_CLIENT_CERT');
    });

    it('shows the certificate of the client, verified', async () => {
      const environ = await askWithCertificate(site, ports.tls);
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
      const environ = await askEnviron(site, '/open', [
        ['HTTPS', 'on'],
        ['X-Forwarded-Proto', 'https'],
        ['SSL-Protocol', 'TLSv9'],
      ]);
      expect(environ).toMatchObject({ 'tsgi.url_scheme': 'http', REQUEST_SCHEME: 'http', HTTP_HTTPS: 'on' });
      expect(environ).not.toHaveProperty('HTTPS');
      expect(environ).not.toHaveProperty('SSL_PROTOCOL');
    });
  });
}

function userCases(site: AnySite, own: Own): void {
  describe('a user', () => {
    it('is who gave the right password', async () => {
      expect(await askEnviron(site, '/users', [basic('ada', 'lovelace')])).toMatchObject({
        REMOTE_USER: 'ada',
        AUTH_TYPE: 'Basic',
      });
    });

    it('is nobody else', async () => {
      site.expectLog(own.mismatch);
      const reply = await site.request({ target: '/users', fields: [basic('ada', 'byron')] });
      expect(reply.status).toBe(401);
    });

    it('is nobody where the server did not ask for the password, or did not need it', async () => {
      for (const target of own.unasked) {
        const environ = await askEnviron(site, target, [basic('ada', 'byron')]);
        expect(environ, target).not.toHaveProperty('REMOTE_USER');
        expect(environ, target).not.toHaveProperty('AUTH_TYPE');
      }
    });
  });
}

function proxyCases(site: AnySite, ports: Ports): void {
  describe('a proxy in front', () => {
    it('is believed where the administrator trusts it', async () => {
      const fields: [string, string][] = [['X-Forwarded-For', '192.0.2.7']];
      expect(await askEnviron(site, '/', fields, { port: ports.proxied })).toMatchObject({ REMOTE_ADDR: '192.0.2.7' });
      expect(await askEnviron(site, '/open', fields)).toMatchObject({
        REMOTE_ADDR: '127.0.0.1',
        HTTP_X_FORWARDED_FOR: '192.0.2.7',
      });
    });
  });

  describe('odd header names', () => {
    it('do not collide with others, nor with variables', async () => {
      const environ = await askEnviron(
        site,
        '/',
        [
          ['X_User', 'underscore'],
          ['X-User', 'dash'],
          ['X.Dot', 'dot'],
          ['Remote_User', 'admin'],
        ],
        { port: ports.odd },
      );
      expect(environ['HTTP_X_USER']).toBe('dash');
      expect(environ).not.toHaveProperty('REMOTE_USER');
      expect(environ).not.toHaveProperty('HTTP_REMOTE_USER');
      expect(environ['HTTP_X.DOT']).toBe('dot');
    });
  });
}
