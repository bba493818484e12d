import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { Application, Body, Chunk } from '../../src/spec';
import { answering, hostFor, turn } from './support/hosts';

/** A body whose iterator notes what is done to it, and gives what `next` gives. */
function noting(events: string[], next: () => unknown): Body {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        events.push('next');
        return next();
      },
      return: () => {
        events.push('return');
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
    close: () => {
      events.push('close');
    },
  } as unknown as Body;
}

const chunk = (value: Chunk): Promise<IteratorResult<Chunk>> => Promise.resolve({ done: false, value });
const done = Promise.resolve({ done: true, value: undefined });

describe('the pump', () => {
  it('has one next() outstanding, and waits for credit before the one after', async () => {
    const events: string[] = [];
    const host = hostFor(answering(noting(events, () => chunk('x'.repeat(100)))), { window: 250 });
    const exchange = host.open({ credit: 'manual' });
    await exchange.receivedAtLeast(250);
    await turn();
    expect(events).toEqual(['next', 'next', 'next']);
    exchange.credit(50);
    await exchange.receivedAtLeast(300);
    await turn();
    expect(events).toEqual(['next', 'next', 'next', 'next']);
    exchange.abort();
    await host.settled();
    expect(events.slice(4)).toEqual(['return', 'close']);
  });

  it('sends each chunk before it awaits the next', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const host = hostFor(
      answering(
        (async function* () {
          yield 'first';
          await gate;
          yield 'second';
        })(),
      ),
    );
    const exchange = host.open();
    await exchange.receivedAtLeast(5);
    expect(Buffer.from(exchange.body).toString()).toBe('first');
    release();
    expect((await exchange.response).text).toBe('firstsecond');
  });

  it("goes on in the application's own asynchronous context", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen = new Set<unknown>();
    const application: Application = (environ, startResponse) => {
      startResponse('200 OK', []);
      storage.enterWith(environ.PATH_INFO);
      return (function* () {
        for (let count = 0; count < 5; count++) {
          seen.add(storage.getStore());
          yield 'x'.repeat(100);
        }
      })();
    };
    const host = hostFor(application, { window: 150 });
    await Promise.all([host.request({ path: '/1' }), host.request({ path: '/2' })]);
    expect([...seen]).toEqual(['/1', '/2']);
  });

  it('uses the asynchronous way of a body that has both', async () => {
    const both = {
      *[Symbol.iterator]() {
        yield 'sync';
      },
      async *[Symbol.asyncIterator]() {
        yield 'async';
      },
    };
    expect((await hostFor(answering(both)).request()).text).toBe('async');
  });

  it.each<[string, unknown, string]>([
    ['a chunk of a wrong type', [5].values(), 'chunk-type'],
    ['a promise as chunk', [Promise.resolve('x')].values(), 'chunk-type'],
    ['a result that is none', { [Symbol.iterator]: () => ({ next: () => 5 }) }, 'body-result'],
    ['an iterator that is none', { [Symbol.iterator]: () => 5 }, 'body-iterator'],
  ])('refuses %s', async (_what, body, rule) => {
    const host = hostFor(answering(body as Body));
    expect(await host.request()).toMatchObject({ status: 500, page: true });
    expect(host.records).toHaveLength(1);
    expect(host.records[0]?.text).toContain(rule);
  });

  it.each<[string, () => Iterable<Chunk> | AsyncIterable<Chunk>]>([
    [
      'a generator',
      function* () {
        yield 'begun';
        throw new Error('broke');
      },
    ],
    [
      'an asynchronous generator',
      async function* () {
        yield 'begun';
        throw new Error('broke');
      },
    ],
  ])('resets when %s throws after the first chunk', async (_what, make) => {
    const host = hostFor(answering(make()));
    expect(await host.request()).toMatchObject({ status: 200, text: 'begun', complete: false });
    expect(host.records.map(({ tag }) => tag)).toEqual([1002]);
  });

  it('lets startResponse come as late as the iteration', async () => {
    const application: Application = (_environ, startResponse) =>
      (async function* () {
        yield '';
        await turn();
        startResponse('201 Created', []);
        yield 'late';
      })();
    expect(await hostFor(application).request()).toMatchObject({ status: 201, text: 'late' });
  });

  it('returns a generator that is inside its own next() only when it has left it', async () => {
    const events: string[] = [];
    const application: Application = (_environ, startResponse) => {
      startResponse('200 OK', []);
      return (function* () {
        try {
          yield 'begun';
          try {
            startResponse('500 Late', [], new Error('why'));
          } catch {
            events.push('swallowed');
          }
          yield 'never sent';
        } finally {
          events.push('finally');
        }
      })();
    };
    const host = hostFor(application);
    expect(await host.request()).toMatchObject({ text: 'begun', complete: false });
    await host.settled();
    expect(events).toEqual(['swallowed', 'finally']);
    expect(host.records.map(({ tag }) => tag)).toEqual([1002]);
  });
});

describe('when the declared length is reached', () => {
  const declaring = (body: Body): Application => {
    return (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', '2']]);
      return body;
    };
  };

  it('a body that is at its end is closed, not returned', async () => {
    const events: string[] = [];
    const results = [chunk('ok'), done];
    const host = hostFor(declaring(noting(events, () => results.shift())));
    expect(await host.request()).toMatchObject({ text: 'ok', complete: true });
    await host.settled();
    expect(events).toEqual(['next', 'next', 'close']);
    expect(host.records).toEqual([]);
  });

  it('a body that does not come to its end is returned, and the response does not wait for it', async () => {
    const events: string[] = [];
    const results = [chunk('ok'), new Promise(() => undefined)];
    const host = hostFor(declaring(noting(events, () => results.shift())));
    expect(await host.request()).toMatchObject({ text: 'ok', complete: true });
    await host.settled();
    expect(events).toEqual(['next', 'next', 'return', 'close']);
    expect(host.records).toEqual([]);
  });

  it('a body that goes on is returned, and the excess is logged', async () => {
    const events: string[] = [];
    const results = [chunk('ok'), chunk('more')];
    const host = hostFor(declaring(noting(events, () => results.shift())));
    expect(await host.request()).toMatchObject({ text: 'ok', complete: true });
    await host.settled();
    expect(events).toEqual(['next', 'next', 'return', 'close']);
    expect(host.records.map(({ tag }) => tag)).toEqual([1004]);
  });

  it('the code after the last yield of a generator runs', async () => {
    const events: string[] = [];
    const host = hostFor(
      declaring(
        (function* () {
          yield 'ok';
          events.push('after');
        })(),
      ),
    );
    await host.request();
    expect(events).toEqual(['after']);
  });
});
