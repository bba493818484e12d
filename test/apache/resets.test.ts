/** A response that breaks off looks broken to its client, in every framing and through every filter. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import { makeCertificate } from '../support/certificate';
import { until } from '../support/until';
import { app, useApache } from './apache';

let tlsPort = 0;

const site = useApache(async (folder) => {
  tlsPort = await freePort();
  makeCertificate(folder, 'server', '/CN=localhost');
  const alias = (prefix: string) => `TSGIScriptAlias ${prefix} ${app('responses.mjs')} group=one`;
  return {
    startsWith: [/\[ssl:warn\]/],
    modules: ['ssl', 'socache_shmcb', 'deflate', 'filter', 'ratelimit', 'substitute'],
    conf: {
      main: `
        Listen 127.0.0.1:${tlsPort}
        <VirtualHost 127.0.0.1:${tlsPort}>
          SSLEngine on
          SSLCertificateFile ${join(folder, 'server.pem')}
          SSLCertificateKeyFile ${join(folder, 'server.key')}
          ${alias('/app')}
        </VirtualHost>`,
      server: `
        ${alias('/app')}
        ${alias('/zipped')}
        ${alias('/slow')}
        ${alias('/replaced')}
        <Location /zipped>
          SetOutputFilter DEFLATE
        </Location>
        <Location /slow>
          SetOutputFilter RATE_LIMIT
          SetEnv rate-limit 1000
        </Location>
        <Location /replaced>
          SetOutputFilter SUBSTITUTE
          Substitute s/first/1st/
        </Location>`,
    },
  };
});

const failed = [/TSGI1002 .*the secret reason/, /TSGI4024 /];

interface How {
  protocol?: 'HTTP/1.0' | 'HTTP/1.1';
  fields?: [string, string][];
  tls?: boolean;
  /** The first half stays in a filter. */
  silent?: boolean;
}

async function breakOff(target: string, { tls = false, silent = false, ...how }: How = {}) {
  site.expectLog(...failed);
  const connection = await site.connect(tls ? tlsPort : site.port, tls);
  const incoming = connection.request(site.marked({ target, ...how }));
  if (!silent) {
    await incoming.whenBytes(1);
  }
  await site.release(target.split('/').slice(0, 2).join('/'), 'fail');
  const reply = await incoming.whenDone();
  await until('httpd closes the connection', () => connection.closed !== 'open');
  return { reply, closed: connection.closed };
}

describe('an application that fails in the middle', () => {
  it('of a chunked response', async () => {
    const { reply } = await breakOff('/app/broken');
    expect(reply).toMatchObject({ status: 200, complete: false });
    expect(reply.body.toString()).toBe('the first half');
  });

  it('of a response with a length', async () => {
    const { reply } = await breakOff('/app/broken?length');
    expect(reply).toMatchObject({ status: 200, length: 100, complete: false });
    expect(reply.body.toString()).toBe('the first half');
  });

  it('of a response that ends with the connection', async () => {
    const { reply, closed } = await breakOff('/app/broken', { protocol: 'HTTP/1.0' });
    expect(reply).toMatchObject({ status: 200, length: undefined, complete: false });
    expect(reply.body.toString()).toBe('the first half');
    expect(closed).toBe('reset');
  });

  it('of a response to HTTP/1.0 with a length', async () => {
    const { reply } = await breakOff('/app/broken?length', { protocol: 'HTTP/1.0' });
    expect(reply).toMatchObject({ length: 100, complete: false });
  });

  it('of a response that httpd compresses', async () => {
    const { reply } = await breakOff('/zipped/broken', { fields: [['Accept-Encoding', 'gzip']] });
    expect(reply).toMatchObject({ status: 200, complete: false });
  });

  it('of a compressed response that ends with the connection', async () => {
    const how: How = { protocol: 'HTTP/1.0', fields: [['Accept-Encoding', 'gzip']] };
    const { reply, closed } = await breakOff('/zipped/broken', how);
    expect(reply).toMatchObject({ status: 200, complete: false });
    expect(closed).toBe('reset');
  });

  it('of a response that httpd slows down', async () => {
    const { reply } = await breakOff('/slow/broken');
    expect(reply).toMatchObject({ status: 200, complete: false });
  });

  it('of a response in which httpd replaces text', async () => {
    const { reply } = await breakOff('/replaced/broken', { silent: true });
    expect(reply).toMatchObject({ status: 200, complete: false });
  });

  it('of a response over TLS', async () => {
    const { reply } = await breakOff('/app/broken', { tls: true });
    expect(reply).toMatchObject({ status: 200, complete: false });
    expect(reply.body.toString()).toBe('the first half');
  });

  it('of a response over TLS that ends with the connection', async () => {
    const { reply, closed } = await breakOff('/app/broken', { tls: true, protocol: 'HTTP/1.0' });
    expect(reply).toMatchObject({ status: 200, complete: false });
    expect(closed).toBe('reset');
  });
});

describe('a response that is shorter than it declared', () => {
  it('is broken', async () => {
    site.expectLog(/TSGI1005 /, /TSGI4024 /);
    expect(await site.request('/app/short')).toMatchObject({ status: 200, length: 100, complete: false });
  });
});
