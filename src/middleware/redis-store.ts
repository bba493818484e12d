import type { SessionStore } from './session-store';

/** What is used of a connected client of the package `redis`; the library itself does not depend on it. */
export interface RedisClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string, options: { EX: number; XX?: true }): Promise<unknown>;
  expire(key: string, seconds: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
}

export interface RedisStoreOptions {
  /** What the keys begin with; `session:` unless told. */
  prefix?: string;
}

/** Keeps sessions in Redis, which all threads, processes and machines share and which forgets them by itself in time. */
export function redisStore(client: RedisClient, { prefix = 'session:' }: RedisStoreOptions = {}): SessionStore {
  return {
    async get(id) {
      const text = await client.get(prefix + id);
      return typeof text === 'string' ? text : undefined;
    },
    async create(id, text, seconds) {
      await client.set(prefix + id, text, { EX: seconds });
    },
    async update(id, text, seconds) {
      await client.set(prefix + id, text, { EX: seconds, XX: true });
    },
    async touch(id, seconds) {
      await client.expire(prefix + id, seconds);
    },
    async delete(id) {
      await client.del(prefix + id);
    },
  };
}
