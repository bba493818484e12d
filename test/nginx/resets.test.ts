/** A response that breaks off looks broken to its client, in every framing. */
import { describe, expect, it } from 'vitest';
import { until } from '../support/until';
import { app, useNginx } from './nginx';

const site = useNginx(() => ({
  conf: {
    server: `
      location /app { tsgi_pass ${app('responses.mjs')}; }
      location /zipped { gzip on; gzip_types *; gzip_min_length 0; tsgi_pass ${app('responses.mjs')}; }`,
  },
}));

const failed = [/TSGI1002 .*the secret reason/, /TSGI2024 /];

async function breakOff(target: string, protocol: 'HTTP/1.0' | 'HTTP/1.1' = 'HTTP/1.1', more = {}) {
  site.expectLog(...failed);
  const connection = await site.connect();
  const incoming = connection.request(site.marked({ target, protocol, ...more }));
  await incoming.whenBytes(1);
  await site.release(target.split('/').slice(0, 2).join('/'), 'fail');
  const reply = await incoming.whenDone();
  await until('nginx closes the connection', () => connection.closed !== 'open');
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
    const { reply, closed } = await breakOff('/app/broken', 'HTTP/1.0');
    expect(reply).toMatchObject({ status: 200, length: undefined, complete: false });
    expect(closed).toBe('reset');
  });

  it('of a response to HTTP/1.0 with a length', async () => {
    const { reply } = await breakOff('/app/broken?length', 'HTTP/1.0');
    expect(reply).toMatchObject({ length: 100, complete: false });
  });

  it('of a response that nginx compresses', async () => {
    const { reply } = await breakOff('/zipped/broken', 'HTTP/1.1', { fields: [['Accept-Encoding', 'gzip']] });
    expect(reply).toMatchObject({ status: 200, complete: false });
  });
});

describe('a response that is shorter than it declared', () => {
  it('is broken', async () => {
    site.expectLog(/TSGI1005 /, /TSGI2024 /);
    expect(await site.request('/app/short')).toMatchObject({ status: 200, length: 100, complete: false });
  });
});
