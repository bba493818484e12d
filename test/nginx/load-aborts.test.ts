/** Ten thousand requests whose clients leave at random points: nothing is leaked, nothing hangs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNginx, type NginxServer } from '../../scripts/lib/nginx-server.mjs';
import { app } from '../servers/app';
import { unexpected } from '../support/error-log';
import { Connection, encodeRequest } from '../support/http1';
import { descriptorsOf, residentBytes, sanitizersShare } from '../support/process';
import { seeded } from '../support/seeded';
import { until } from '../support/until';

const REQUESTS = 10_000;
const AT_ONCE = 50;
const SEED = 20_26;
const script = app('load.mjs');

const targets = [
  { target: '/load/events?count=50&interval=5' },
  { target: '/load/bytes?size=3000000' },
  { target: '/load/wait?ms=20' },
  { target: '/load/write' },
  { target: '/load/hello' },
  { target: '/load/echo', body: 'x'.repeat(30_000) },
  { target: '/load/echo', body: 'x'.repeat(700_000) },
  { target: '/streamed/echo', body: 'x'.repeat(700_000) },
  { target: '/streamed/echo', chunks: ['x'.repeat(100_000), 'y'.repeat(100_000)] },
];

describe('clients that leave', () => {
  let server: NginxServer;

  beforeAll(async () => {
    server = await startNginx({
      conf: {
        server: `
          client_max_body_size 2m;
          client_body_buffer_size 64k;
          location /load { tsgi_pass ${script}; }
          location /streamed { tsgi_pass ${script} mount=/streamed; tsgi_request_buffering off; }`,
      },
    });
  });

  afterAll(() => server.stop());

  /** Sends a part of a request, or all of it and reads a part of the response, and leaves by a reset or in order. */
  async function abortOne(random: () => number): Promise<void> {
    const request = targets[Math.floor(random() * targets.length)] as (typeof targets)[number];
    const bytes = encodeRequest({ method: 'body' in request || 'chunks' in request ? 'POST' : 'GET', ...request });
    const client = await Connection.connect(server);
    client.socket.on('error', () => {});
    if (random() < 0.4) {
      client.write(bytes.subarray(0, Math.floor(random() * bytes.length)));
    } else {
      client.write(bytes);
      if (random() < 0.8) {
        const wanted = Math.floor(random() ** 3 * 200_000);
        await new Promise<void>((resolve) => {
          let got = 0;
          const timer = setTimeout(resolve, random() * 30);
          const done = (): void => {
            clearTimeout(timer);
            resolve();
          };
          client.socket.on('data', (data) => {
            got += data.length;
            if (got >= wanted) {
              done();
            }
          });
          client.socket.on('close', done);
        });
      }
    }
    if (random() < 0.5) {
      client.reset();
    } else {
      client.close();
    }
  }

  async function abortMany(count: number, random: () => number): Promise<void> {
    let left = count;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (left-- > 0) {
          await abortOne(random);
        }
      }),
    );
  }

  it(`${REQUESTS} times leave no descriptor, no exchange and no memory behind`, async () => {
    const [worker = 0] = server.workerPids();
    const random = seeded(SEED);
    const live = async (): Promise<number> =>
      ((await (await fetch(`${server.origin}/load/counts`)).json()) as { live: number }).live;

    await abortMany(REQUESTS / 5, random); // warm: pools, heap and caches have their size
    await until('the first streams to be closed', async () => (await live()) === 0);
    const descriptors = descriptorsOf(worker).size;
    const resident = residentBytes(worker);

    await abortMany((REQUESTS * 4) / 5, random);

    await until('every stream to be closed', async () => (await live()) === 0);
    await until('descriptors to be closed', () => descriptorsOf(worker).size <= descriptors + 1);
    expect(residentBytes(worker) - resident).toBeLessThan((32 << 20) + sanitizersShare);
    expect(server.workerPids()).toEqual([worker]);
    expect(await (await fetch(`${server.origin}/load/hello`)).text()).toBe('hello');
    expect(unexpected(server.errorLog())).toEqual([]);
  }, 120_000);

  it('do not keep the worker from leaving', async () => {
    const started = performance.now();
    await server.stop({ signal: 'SIGQUIT' });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
