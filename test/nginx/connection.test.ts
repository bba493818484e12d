/** What an application in nginx is told of the connection. */
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Ports, connectionCases, writeCredentials } from '../servers/connection';
import type { Environ } from '../servers/environ';
import { until } from '../support/until';
import { app, tls, useNginx } from './nginx';

const ports = new Ports();

const site = useNginx(async (folder) => {
  await ports.choose();
  writeCredentials(folder);
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
          ${tls(folder, ports.tls)}
          server_name secure.test;
          ssl_client_certificate ${join(folder, 'client.pem')};
          ssl_verify_client optional;
          location / { ${environ}; }
        }
        server {
          listen 127.0.0.1:${ports.proxied};
          set_real_ip_from 127.0.0.1;
          real_ip_header X-Forwarded-For;
          location / { ${environ}; }
        }
        server {
          listen 127.0.0.1:${ports.odd};
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

connectionCases(site, ports, {
  mismatch: /user "ada": password mismatch/,
  unasked: ['/open', '/users/off', '/users/any'],
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
