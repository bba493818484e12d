/** When a session is saved: the client must not see what it then cannot find. */
import { describe, expect, test } from 'vitest';
import { FileWrapper, lint, type Application, type Body, type Environ, type StartResponse } from '../../src/index';
import { memoryStore, sessionOf, sessions, type SessionStore } from '../../src/middleware/index';
import { createMockHost, type MockExchange } from '../../src/testing/index';
import { run } from '../spec/host';
import { until } from '../support/until';

const secret = 's'.repeat(32);

/** A store whose savings wait for the test. */
function heldStore() {
  const inner = memoryStore();
  const saved: string[] = [];
  let release = (): void => undefined;
  let gate = new Promise<void>((resolve) => (release = resolve));
  const save = async (name: string, text: string, act: () => void | Promise<void>): Promise<void> => {
    const { data } = JSON.parse(text) as { data: unknown };
    saved.push(`${name} ${JSON.stringify(data)}`);
    await gate;
    await act();
  };
  const store: SessionStore = {
    ...inner,
    create: (id, text, seconds) => save('create', text, () => inner.create(id, text, seconds)),
    update: (id, text, seconds) => save('update', text, () => inner.update(id, text, seconds)),
  };
  return {
    store,
    saved,
    release: () => {
      release();
      gate = Promise.resolve();
    },
  };
}

const set = (environ: Environ, value: number): void => {
  sessionOf<{ n: number }>(environ).data.n = value;
};

type Make = (environ: Environ, startResponse: StartResponse) => Body;

const shapes: [string, Make][] = [
  [
    'an array',
    (environ, startResponse) => {
      set(environ, 1);
      startResponse('200 OK', []);
      return ['x'];
    },
  ],
  [
    'no body',
    (environ, startResponse) => {
      set(environ, 1);
      startResponse('200 OK', []);
      return null;
    },
  ],
  [
    'a generator that starts the response itself',
    function* (environ, startResponse) {
      set(environ, 1);
      startResponse('200 OK', []);
      yield '';
      yield 'x';
    },
  ],
  [
    'an asynchronous generator without a chunk',
    async function* (environ, startResponse) {
      yield await Promise.resolve('');
      set(environ, 1);
      startResponse('200 OK', []);
    },
  ],
  [
    'a file',
    (environ, startResponse) => {
      set(environ, 1);
      startResponse('200 OK', []);
      return environ['tsgi.file_wrapper']?.(__filename) ?? null;
    },
  ],
];

async function open(application: Application, store: SessionStore): Promise<MockExchange> {
  const host = createMockHost(sessions(lint(application), { store, secret }));
  const exchange = host.open();
  void exchange.response.then(async () => {
    await host.settled();
    expect(host.violations).toEqual([]);
    expect(host.faults).toEqual([]);
  });
  await Promise.resolve();
  return exchange;
}

describe('saved before the head', () => {
  test.each(shapes)('%s', async (_name, make) => {
    const { store, saved, release } = heldStore();
    const exchange = await open(make, store);
    let seen = false;
    void exchange.head.then(() => (seen = true));
    await until('the store is asked to save', () => saved.length === 1);
    expect(saved).toEqual(['create {"n":1}']);
    expect(seen).toBe(false);
    release();
    const response = await exchange.response;
    expect(response).toMatchObject({ status: 200, complete: true });
    expect(response.header('set-cookie')).toBeDefined();
    expect(saved).toHaveLength(1);
  });
});

describe('what a stream changes later', () => {
  const stream: Make = async function* (environ, startResponse) {
    set(environ, 1);
    startResponse('200 OK', []);
    yield 'a';
    set(environ, 2);
    yield 'b';
    set(environ, 3);
  };

  test('is saved before its end', async () => {
    const { store, saved, release } = heldStore();
    release();
    const response = await (await open(stream, store)).response;
    expect(response).toMatchObject({ text: 'ab', complete: true });
    expect(saved).toEqual(['create {"n":1}', 'update {"n":3}']);
  });

  test('is saved when the client leaves', async () => {
    const { store, saved, release } = heldStore();
    release();
    const outcome = await run(sessions(lint(stream), { store, secret }), { leaveAfter: 2 });
    expect(outcome).toMatchObject({ reason: 'client_gone', violations: [], calls: ['next', 'next', 'return'] });
    expect(saved).toEqual(['create {"n":1}', 'update {"n":2}']);
  });

  test('is not saved when it fails', async () => {
    const { store, saved, release } = heldStore();
    release();
    const outcome = await run(
      sessions(
        lint(async function* (environ, startResponse) {
          set(environ, 1);
          startResponse('200 OK', []);
          yield 'a';
          set(environ, 2);
          throw new Error('failed');
        } as Application),
        { store, secret },
      ),
    );
    expect(outcome).toMatchObject({ reset: true, violations: [] });
    expect(saved).toEqual(['create {"n":1}']);
  });

  test('is lost, and that is said once, when the head had no cookie', async () => {
    const { store, saved, release } = heldStore();
    release();
    const outcome = await run(
      sessions(
        lint(async function* (environ, startResponse) {
          startResponse('200 OK', []);
          yield 'a';
          set(environ, 2);
          yield 'b';
        } as Application),
        { store, secret },
      ),
    );
    expect(outcome.log).toMatch(/^sessions: a session that began after startResponse is lost.*\n$/);
    expect(saved).toEqual([]);
  });

  test('cannot be another id', async () => {
    const outcome = await run(
      sessions(
        lint((environ, startResponse) => {
          startResponse('200 OK', []);
          sessionOf(environ).regenerate();
          return [];
        }),
        { store: memoryStore(), secret },
      ),
    );
    expect(String(outcome.error)).toContain('cannot be regenerated');
  });
});

test('an error response has the cookie too', async () => {
  const store = memoryStore();
  const outcome = await run(
    sessions(
      lint((environ, startResponse) => {
        set(environ, 1);
        startResponse('200 OK', []);
        startResponse('500 Failed', [], new Error('failed'));
        return ['x'];
      }),
      { store, secret },
    ),
  );
  expect(outcome).toMatchObject({ status: '500 Failed', violations: [], log: '' });
  const [, cookie = ''] = outcome.headers.find(([name]) => name === 'Set-Cookie') ?? [];
  expect(store.get(/=([\w-]+)/.exec(cookie)?.[1] ?? '')).toContain('"data":{"n":1}');
});

test('what `write` sends waits for nobody, unless the application has it saved before', async () => {
  const { store, saved, release } = heldStore();
  release();
  const order: string[] = [];
  const exchange = await open(async (environ, startResponse) => {
    set(environ, 1);
    const write = startResponse('200 OK', []);
    await sessionOf(environ).save();
    order.push(...saved);
    await write('written');
    return null;
  }, store);
  expect((await exchange.response).text).toBe('written');
  expect(order).toEqual(['create {"n":1}']);
  expect(saved).toEqual(order);
});

test('a body keeps its close, and a file its brand', async () => {
  let closed = 0;
  const outcome = await run(
    sessions(
      lint((environ, startResponse) => {
        set(environ, 1);
        startResponse('200 OK', []);
        return Object.assign(new Set(['a', 'b']), { close: () => void closed++ });
      }),
      { store: memoryStore(), secret },
    ),
  );
  expect(outcome).toMatchObject({ body: 'ab', violations: [], calls: ['next', 'next', 'next'] });
  expect(closed).toBe(1);

  const file = new FileWrapper(__filename);
  const application = sessions(
    (_environ, startResponse) => {
      startResponse('200 OK', []);
      return file;
    },
    { store: memoryStore(), secret },
  );
  expect(application({} as Environ, () => () => undefined)).toBe(file);
  await file.close();
});

test('what is wrong is left to the server to refuse', async () => {
  for (const body of [42, { [Symbol.iterator]: () => ({ next: () => 1 }) }, [1], new Set([1])]) {
    const application: Application = (environ, startResponse) => {
      set(environ, 1);
      startResponse('200 OK', []);
      return body as unknown as Body;
    };
    const outcome = await run(sessions(application, { store: memoryStore(), secret }));
    expect(outcome.violations).toHaveLength(1);
  }
});
