import { describe, expect, it } from 'vitest';
import type { Application, Body, Chunk, StartResponse } from '../../src/spec';
import type { MockAbort } from '../../src/testing';
import { seeded } from '../support/seeded';
import { hostFor, turn } from './support/hosts';

/** What happened to one exchange. */
interface Account {
  returned: number;
  closed: number;
  finished: number;
  over: boolean;
}

type Random = () => number;

const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

/** A body of one of the kinds there are, of up to ten chunks, that may wait, fail or go on for ever, and keeps account. */
function makeBody(random: Random, account: Account): Body {
  const count = Math.floor(random() * 10);
  const fails = random() < 0.1;
  const hangs = random() < 0.1;
  const next = (index: number): IteratorResult<Chunk> => {
    if (index < count) {
      return { done: false, value: pick(random, ['', 'x'.repeat(50), Buffer.alloc(300), 'ü'.repeat(40)]) };
    }
    account.over = true;
    if (fails) {
      throw new Error('broke');
    }
    return { done: true, value: undefined };
  };
  let index = 0;
  const common = {
    return: () => {
      expect(account.over).toBe(false);
      account.returned++;
      return pick(random, [undefined, Promise.resolve()]);
    },
  };
  const close = (): unknown => {
    account.closed++;
    return pick(random, [undefined, turn(), Promise.resolve()]);
  };
  if (random() < 0.5) {
    return { [Symbol.iterator]: () => ({ ...common, next: () => next(index++) }), close } as unknown as Body;
  }
  const later = async (): Promise<IteratorResult<Chunk>> => {
    for (let turns = Math.floor(random() * 3); turns > 0; turns--) {
      await turn();
    }
    return hangs && index === count ? new Promise(() => undefined) : next(index++);
  };
  return { [Symbol.asyncIterator]: () => ({ ...common, next: later }), close } as unknown as Body;
}

function makeApplication(random: Random, account: Account): Application {
  const late = random() < 0.3;
  const begin = (startResponse: StartResponse): void => {
    const write = startResponse('200 OK', random() < 0.2 ? [['Content-Length', '120']] : []);
    for (let count = Math.floor(random() * 3); count > 0; count--) {
      void Promise.resolve(write('w'.repeat(100))).catch(() => undefined);
    }
  };
  return async (environ, startResponse) => {
    environ['tsgi.on_finish']?.(() => {
      expect(account.closed).toBeLessThanOrEqual(1);
      account.finished++;
    });
    if (random() < 0.3) {
      void environ['tsgi.input'].read().catch(() => undefined);
    }
    if (!late) {
      begin(startResponse);
    }
    if (random() < 0.3) {
      await turn();
    }
    if (late) {
      try {
        begin(startResponse);
      } catch {
        // The exchange has ended: the body comes all the same.
      }
    }
    return makeBody(random, account);
  };
}

describe('exchanges that are aborted at any moment', () => {
  it.each(Array.from({ length: 10 }, (_, index) => index + 1))('leave nothing behind (seed %i)', async (seed) => {
    const random = seeded(seed);
    const accounts: Account[] = [];
    const host = hostFor(
      (environ, startResponse) => {
        const account = { returned: 0, closed: 0, finished: 0, over: false };
        accounts.push(account);
        return makeApplication(random, account)(environ, startResponse);
      },
      { window: 256, streamed: random() < 0.5 },
    );
    for (let count = 0; count < 200; count++) {
      const exchange = host.open({
        method: pick(random, ['GET', 'POST', 'HEAD']),
        credit: pick(random, ['auto', 'auto', 'manual']),
        body: pick(random, ['', 'x'.repeat(1000)]),
      });
      for (let turns = Math.floor(random() * 12); turns > 0; turns--) {
        await turn();
        exchange.credit(Math.floor(random() * 200));
      }
      exchange.abort(pick<MockAbort>(random, ['client', 'timeout', 'stop']));
    }
    await host.settled();
    await turn();
    for (const account of accounts) {
      expect(account.closed).toBe(1);
      expect(account.finished).toBe(1);
      expect(account.returned).toBeLessThanOrEqual(1);
    }
    expect(accounts.length).toBeGreaterThan(100);
    // An expectation of the application that fails is a failure of its closing (1007).
    expect(host.records.filter(({ tag }) => [1007, 1009, 1090].includes(tag))).toEqual([]);
  });
});
