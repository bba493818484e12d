import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lint, type Application } from '../../src/index';
import { redisStore, sessionOf, sessions, type SessionStore } from '../../src/middleware/index';
import { startRedis, type Redis } from '../support/redis';
import { fieldsOf, serve } from './served';

let redis: Redis;
let client: ReturnType<typeof connectTo>;
let store: SessionStore;

const connectTo = (path: string) => createClient({ socket: { path, tls: false } });

beforeAll(async () => {
  redis = await startRedis();
  client = connectTo(redis.socket);
  await client.connect();
  store = redisStore(client);
});
afterAll(async () => {
  client?.destroy();
  await redis?.stop();
});
beforeEach(() => client.flushAll());

describe('redisStore', () => {
  test('keeps a text for its time', async () => {
    await store.create('id', 'text', 100);
    expect(await store.get('id')).toBe('text');
    expect(await client.ttl('session:id')).toBeGreaterThan(98);
    expect(await store.get('other')).toBeUndefined();
  });

  test('replaces and prolongs what is there, and nothing else', async () => {
    await store.create('id', 'one', 10);
    await store.update('id', 'two', 100);
    expect(await store.get('id')).toBe('two');
    expect(await client.ttl('session:id')).toBeGreaterThan(98);
    await store.touch('id', 1000);
    expect(await client.ttl('session:id')).toBeGreaterThan(998);
    await store.delete('id');
    await store.update('id', 'three', 100);
    await store.touch('id', 100);
    expect(await store.get('id')).toBeUndefined();
    expect(await client.keys('*')).toEqual([]);
  });

  test('has keys of its own', async () => {
    await redisStore(client, { prefix: 'shop:' }).create('id', 'text', 10);
    expect(await client.keys('*')).toEqual(['shop:id']);
    expect(await store.get('id')).toBeUndefined();
  });

  test('is shared: two servers see one session', async () => {
    const count: Application = lint((environ, startResponse) => {
      const { data } = sessionOf<{ n?: number }>(environ);
      data.n = (data.n ?? 0) + 1;
      startResponse('200 OK', []);
      return [String(data.n)];
    });
    const server = () => serve(sessions(count, { store: redisStore(client), secret: 's'.repeat(32) }));
    const first = await server()();
    const [cookie = ''] = fieldsOf(first, 'set-cookie')[0]?.split(';') ?? [];
    const second = await server()({ headers: { Cookie: cookie } });
    expect([first.text, second.text]).toEqual(['1', '2']);
    expect(await client.keys('*')).toEqual([`session:${cookie.slice('session='.length).split('.')[0]}`]);
  });

  test('fails the request when Redis is gone', async () => {
    const broken = connectTo('/nonexistent');
    const ask = serve(
      sessions(
        lint((environ, startResponse) => {
          sessionOf<{ n: number }>(environ).data.n = 1;
          startResponse('200 OK', []);
          return [];
        }),
        { store: redisStore(broken), secret: 's'.repeat(32) },
      ),
    );
    expect(await ask()).toMatchObject({ status: 500, page: true });
  });
});
