/** A thousand clients listen to server-sent events on one worker; every event reaches every one of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNginx, type NginxServer } from '../../scripts/lib/nginx-server.mjs';
import { app } from '../servers/app';
import { unexpected } from '../support/error-log';
import { Connection, type Incoming } from '../support/http1';
import { descriptorsOf } from '../support/process';
import { until } from '../support/until';

const CLIENTS = 1000;
const EVENTS = 10;
const script = app('load.mjs');

describe('server-sent events', () => {
  let server: NginxServer;

  beforeAll(async () => {
    server = await startNginx({ conf: { server: `location /load { tsgi_pass ${script}; }` } });
  });

  afterAll(() => server.stop());

  it(`reach ${CLIENTS} clients of one worker, none missing and in order`, async () => {
    const [worker = 0] = server.workerPids();
    const counts = async (): Promise<{ live: number }> =>
      (await (await fetch(`${server.origin}/load/counts`)).json()) as { live: number };
    expect((await counts()).live).toBe(0);
    const before = descriptorsOf(worker).size;
    const clients: Connection[] = [];
    const streams: Incoming[] = [];

    for (let n = 0; n < CLIENTS; n++) {
      const client = await Connection.connect(server);
      clients.push(client);
      streams.push(client.request({ target: `/load/events?count=${EVENTS}&interval=300` }));
    }

    await until('all streams at once', async () => (await counts()).live >= CLIENTS, { within: 20_000 });

    const expected = Array.from({ length: EVENTS }, (_, n) => `data: ${n + 1}\n\n`).join('');
    for (const stream of streams) {
      const { status, complete, body } = await stream.whenDone(30_000);
      expect([status, complete, body.toString()]).toEqual([200, true, expected]);
    }

    for (const client of clients) {
      client.close();
    }
    await until('descriptors to be closed', () => descriptorsOf(worker).size <= before + 1);
    expect(server.workerPids()).toEqual([worker]);
    expect(unexpected(server.errorLog())).toEqual([]);
  }, 60_000);
});
