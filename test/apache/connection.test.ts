/** What an application in Apache is told of the connection. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import { Ports, connectionCases, writeCredentials } from '../servers/connection';
import { askEnviron } from '../servers/environ';
import { TLS_MODULES, TLS_WARNING, alias, app, tls, useApache, virtualHost } from './apache';

const script = app('environ.mjs');
const ports = new Ports();
let exportingPort = 0;
let canonicalPort = 0;

const site = useApache(async (folder) => {
  await ports.choose();
  [exportingPort, canonicalPort] = [await freePort(), await freePort()];
  writeCredentials(folder);
  const users = `AuthType Basic\nAuthName here\nAuthUserFile ${join(folder, 'users')}`;
  const secure = `
    ServerName secure.test
    ${tls(folder)}
    SSLCACertificateFile ${join(folder, 'client.pem')}
    SSLVerifyClient optional
    ${alias('/', script)}`;
  return {
    startsWith: [TLS_WARNING],
    modules: [...TLS_MODULES, 'auth_basic', 'authn_core', 'authn_file', 'authz_user', 'remoteip'],
    conf: {
      main: `
        ${virtualHost(ports.tls, secure)}
        ${virtualHost(ports.proxied, `RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n${alias('/', script)}`)}
        ${virtualHost(ports.odd, alias('/', script))}
        ${virtualHost(exportingPort, `${secure}\nSSLOptions +StdEnvVars`)}
        ${virtualHost(canonicalPort, `UseCanonicalName on\nServerName https://by.name:8443\n${alias('/', script)}`)}`,
      server: `
        ${alias('/open', script)}
        ${alias('/users', script, `${users}\nRequire valid-user`)}
        ${alias('/anybody', script, `${users}\n<RequireAny>\nRequire all granted\nRequire valid-user\n</RequireAny>`)}`,
    },
  };
});

connectionCases(site, ports, {
  mismatch: /user ada: authentication failure/,
  unasked: ['/open', '/anybody'],
});

describe('SSLOptions +StdEnvVars', () => {
  it('shows all that mod_ssl knows', async () => {
    const environ = await askEnviron(site, '/x', [], { port: exportingPort, tls: true });
    expect(environ).toMatchObject({ HTTPS: 'on', SSL_CLIENT_VERIFY: 'NONE', SSL_SERVER_S_DN_CN: 'localhost' });
    expect(environ['SSL_PROTOCOL']).toMatch(/^TLSv1\.[23]$/);
  });
});

describe('the name of the server', () => {
  it('is the one of the request, or the canonical one, with its scheme and port', async () => {
    expect(await askEnviron(site, '/open', [['Host', '[::1]:8080']])).toMatchObject({
      SERVER_NAME: '[::1]',
      SERVER_PORT: '8080',
    });
    expect(await askEnviron(site, '/open', [['Host', 'other.test']])).toMatchObject({ SERVER_NAME: 'other.test' });
    expect(await askEnviron(site, '/', [['Host', 'other.test']], { port: canonicalPort })).toMatchObject({
      SERVER_NAME: 'by.name',
      SERVER_PORT: '8443',
      REQUEST_SCHEME: 'https',
      HTTPS: 'on',
    });
  });
});
