/**
 * Exchanges that their host ends at every moment there is: before BEGIN is seen, between each two messages, after END.
 * Whatever the application was doing, nothing may be left: no exchange, no descriptor, no body without its close().
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Abort,
  type App,
  bootIsolate,
  Can,
  type FakeHost,
  type Group,
  makeFakeHost,
  type Message,
  plainView,
  View,
} from '../support/fake-host';
import { descriptorsOf } from '../support/process';
import { seeded } from '../support/seeded';
import { until } from '../support/until';

const SCENES = [
  'array', 'large', 'stream', 'heavy', 'write', 'echo', 'read', 'late', 'fail', 'fail-late', 'file', 'handle', 'short', 'hints',
]; // prettier-ignore
const WHOLE: Record<string, number> = { array: 5, large: 300_000, heavy: 1_000_000 };

let host: FakeHost;
let app: App;
const watchers = new Map<number, (message: Message) => void>();

beforeAll(() => {
  host = makeFakeHost({ flags: Can.EarlyHints | Can.Sendfile, ports: 2, drainMax: 3, defer: true }, (message) => {
    watchers.get(message.number)?.(message);
  });
  const group = host.group({ name: 'aborts' }) as Group;
  bootIsolate(group);
  app = host.app(group, { script: join(__dirname, '../apps/misery.mjs') }) as App;
});

afterAll(() => {
  host.stop();
});

interface Seen {
  number: number;
  messages: string[];
  bytes: Buffer[];
  ended: boolean;
}

/** Begins a request of this scene. Credit comes back at once unless `repay` says otherwise. */
function begin(
  scene: string,
  {
    abortAfter,
    repay = () => true,
    body = 'some body',
  }: { abortAfter?: number; repay?: () => boolean; body?: string } = {},
): Seen {
  const seen: Seen = { number: 0, messages: [], bytes: [], ended: false };
  seen.number = host.begin(app, {
    ...plainView(`/${scene}`),
    flags: scene === 'echo' ? View.BodyLater : 0,
    ...(abortAfter === undefined ? {} : { abortAfter }),
  });
  expect(seen.number).toBeGreaterThan(0);
  let left = body;
  const feed = () => {
    const wanted = host.wanted(seen.number);
    if (left !== '' && wanted > 0) {
      host.body(seen.number, Buffer.from(left.slice(0, wanted)));
      left = left.slice(wanted);
      if (left === '') {
        host.bodyEnd(seen.number, 0);
      }
    }
  };
  watchers.set(seen.number, (message) => {
    if (message.kind === 'log') {
      return;
    }
    seen.messages.push(message.kind);
    if (message.kind === 'end') {
      seen.ended = true;
      watchers.delete(seen.number);
    } else if (message.kind === 'want') {
      feed();
    } else if (message.bytes) {
      seen.bytes.push(message.bytes);
      if (repay()) {
        host.credit(seen.number, message.amount);
      }
    }
  });
  feed();
  return seen;
}

/** What the application still has open, once it has settled. */
async function whenAllIsClosed(): Promise<void> {
  let last = '';
  await until(
    () => `everything to be closed, there is still ${last}; live ${host.live()}`,
    async () => {
      const seen = begin('_open');
      await until('an answer', () => seen.ended);
      last = Buffer.concat(seen.bytes).toString();
      const open = JSON.parse(last) as Record<string, number>;
      return Object.values(open).every((count) => count === 0) && host.live() === 0;
    },
  );
}

describe('an exchange that its host ends', () => {
  for (const scene of SCENES) {
    it(`after every number of messages there is leaves nothing (${scene})`, async () => {
      const whole = begin(scene);
      await until('the whole exchange', () => whole.ended);
      const length = WHOLE[scene];
      if (length !== undefined) {
        expect(Buffer.concat(whole.bytes).length).toBe(length);
      }
      for (let after = 0; after < whole.messages.length; after++) {
        const seen = begin(scene, { abortAfter: after });
        await until('the exchange to be over for the host', () => host.wanted(seen.number) < 0);
        await until('what was delivered before', () => seen.messages.length >= Math.min(after, 1));
        expect(seen.messages.length).toBeLessThanOrEqual(after);
        watchers.delete(seen.number);
      }
      await whenAllIsClosed();
    });
  }

  it('while it waits for credit leaves nothing', async () => {
    for (const scene of ['large', 'heavy', 'write', 'file']) {
      const seen = begin(scene, { repay: () => false });
      await until('something to arrive', () => seen.bytes.length > 0);
      host.abort(seen.number, Abort.Timeout);
      watchers.delete(seen.number);
    }
    await whenAllIsClosed();
  });

  it('twice, or after its end, is left alone', async () => {
    const seen = begin('array');
    await until('its end', () => seen.ended);
    expect(host.abort(seen.number, Abort.Client)).toBe(-2);
    expect(host.credit(seen.number, 1)).toBe(-2);
    expect(host.body(seen.number, Buffer.from('x'))).toBe(-2);
    const other = begin('late');
    expect(host.abort(other.number, Abort.Client)).toBe(0);
    expect(host.abort(other.number, Abort.Client)).toBe(-2);
    await whenAllIsClosed();
  });
});

describe('ten thousand exchanges', () => {
  it('ended at random points leave no exchange, no descriptor and no memory behind', { timeout: 90_000 }, async () => {
    const TIMES = 10_000;
    const AT_ONCE = 50;
    const random = seeded(20261121);
    const pick = (count: number) => Math.floor(random() * count);
    let begun = 0;
    let finished = 0;
    let heap = 0;

    const lane = async () => {
      while (begun < TIMES) {
        begun++;
        if (begun === TIMES / 2) {
          globalThis.gc?.();
          heap = process.memoryUsage().rss;
        }
        const scene = SCENES[pick(SCENES.length)] as string;
        const greedy = pick(4) === 0;
        const seen = begin(scene, {
          ...(pick(2) === 0 ? { abortAfter: pick(6) } : {}),
          repay: () => !greedy || pick(2) === 0,
          body: 'x'.repeat(1 + pick(500)),
        });
        const turns = pick(40);
        for (let turn = 0; turn < turns && !seen.ended; turn++) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (seen.ended) {
          finished++;
        } else {
          host.abort(seen.number, [Abort.Client, Abort.Timeout, Abort.Stop][pick(3)] as number);
        }
        watchers.delete(seen.number);
      }
    };

    const before = descriptorsOf(process.pid).size;
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    await whenAllIsClosed();
    expect(begun).toBe(TIMES);
    expect(finished).toBeGreaterThan(TIMES / 50);
    expect(finished).toBeLessThan(TIMES * 0.9);
    await until('the descriptors', () => descriptorsOf(process.pid).size <= before);
    expect(process.memoryUsage().rss - heap).toBeLessThan(96 << 20);
  });
});
