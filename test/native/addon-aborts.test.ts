/**
 * Exchanges that their host ends at every moment there is: before BEGIN is seen, between each two messages, after END.
 * Whatever the application was doing, nothing may be left: no exchange, no descriptor, no body without its close().
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectHonest, SceneHost, SCENES, WHOLE } from '../support/addon-scenes';
import { Abort, Can } from '../support/fake-host';
import { descriptorsOf } from '../support/process';
import { seeded } from '../support/seeded';
import { until } from '../support/until';

let scenes: SceneHost;

beforeAll(() => {
  scenes = new SceneHost({ flags: Can.EarlyHints | Can.Sendfile, ports: 2, drainMax: 3, defer: true });
});

afterAll(() => {
  scenes.stop();
});

describe('an exchange that its host ends', () => {
  for (const scene of SCENES) {
    it(`after every number of messages there is leaves nothing (${scene})`, async () => {
      const whole = scenes.begin(scene);
      await until('the whole exchange', () => whole.end !== undefined);
      expectHonest(scene, whole);
      if (scene in WHOLE) {
        expect(whole.end).toBe(0);
      }
      for (let after = 0; after < whole.messages.length; after++) {
        const seen = scenes.begin(scene, { abortAfter: after });
        await until('the exchange to be over for the host', () => scenes.host.wanted(seen.number) < 0);
        await until('what was delivered before', () => seen.messages.length >= Math.min(after, 1));
        expect(seen.messages.length).toBeLessThanOrEqual(after);
        scenes.forget(seen);
      }
      await scenes.whenAllIsClosed();
    });
  }

  it('while it waits for credit leaves nothing', async () => {
    for (const scene of ['large', 'heavy', 'write', 'file']) {
      const seen = scenes.begin(scene, { repay: () => false });
      await until('something to arrive', () => seen.bytes.length > 0);
      scenes.leave(seen, Abort.Timeout);
    }
    await scenes.whenAllIsClosed();
  });

  it('twice, or after its end, is left alone', async () => {
    const seen = scenes.begin('array');
    await until('its end', () => seen.end !== undefined);
    expect(scenes.host.abort(seen.number, Abort.Client)).toBe(-2);
    expect(scenes.host.credit(seen.number, 1)).toBe(-2);
    expect(scenes.host.body(seen.number, Buffer.from('x'))).toBe(-2);
    const other = scenes.begin('late');
    expect(scenes.host.abort(other.number, Abort.Client)).toBe(0);
    expect(scenes.host.abort(other.number, Abort.Client)).toBe(-2);
    await scenes.whenAllIsClosed();
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
        const seen = scenes.begin(scene, {
          ...(pick(2) === 0 ? { abortAfter: pick(6) } : {}),
          repay: () => !greedy || pick(2) === 0,
          body: 'x'.repeat(1 + pick(500)),
        });
        const turns = pick(40);
        for (let turn = 0; turn < turns && seen.end === undefined; turn++) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (seen.end !== undefined) {
          finished++;
        } else {
          scenes.leave(seen, [Abort.Client, Abort.Timeout, Abort.Stop][pick(3)]);
        }
      }
    };

    const before = descriptorsOf(process.pid).size;
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    await scenes.whenAllIsClosed();
    expect(begun).toBe(TIMES);
    expect(finished).toBeGreaterThan(TIMES / 50);
    expect(finished).toBeLessThan(TIMES * 0.9);
    await until('the descriptors', () => descriptorsOf(process.pid).size <= before);
    expect(process.memoryUsage().rss - heap).toBeLessThan(96 << 20);
  });
});
