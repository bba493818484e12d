/**
 * Every allocation of the core and the bridge fails once, the first, the second and so on, for each scene under the fake host.
 * The exchange is refused or ends, it never calls itself complete when it is not, nothing of it is left, and the next one
 * works. (What V8, Node and C++ containers allocate is not among these: without memory they end the process.)
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectHonest, SceneHost, SCENES, type Seen } from '../support/addon-scenes';
import { Can } from '../support/fake-host';
import { until } from '../support/until';
import { Control } from './control';

/** As good as never: allocations are counted only while one of them is to fail. */
const NEVER = 0xffffffff;

let scenes: SceneHost;
let control: Control;

beforeAll(() => {
  control = new Control();
  control.clear();
  scenes = new SceneHost({ flags: Can.EarlyHints | Can.Sendfile, drainMax: 3, defer: true });
});

afterAll(() => {
  scenes.stop();
  control.close();
});

/** One exchange while the n-th allocation fails. */
async function run(scene: string, body: string, n: number): Promise<Seen> {
  control.set('fail', n);
  const seen = scenes.begin(scene, { body });
  await until('the exchange to be over', () => seen.number < 0 || seen.left || seen.end !== undefined);
  control.set('fail', 0);
  expectHonest(scene, seen);
  return seen;
}

const bodies = [
  ['no body', ''],
  ['a body', 'some body'],
  ['a body of more than a window', 'x'.repeat(700_000)],
] as const;

describe.each(bodies)('with %s', (_title, body) => {
  it.each(SCENES)('%s survives each allocation that fails', async (scene) => {
    await run(scene, body, NEVER); // it may fill caches
    control.set('allocations', 0);
    await run(scene, body, NEVER);
    const allocations = control.get('allocations');
    expect(allocations).toBeGreaterThan(1);
    control.set('failed', 0);
    const refused: number[] = [];
    for (let n = 1; n <= allocations; n++) {
      const { number } = await run(scene, body, n);
      if (number < 0) {
        refused.push(number);
      }
      await scenes.whenAllIsClosed();
      const next = await run('array', '', NEVER);
      expect(Buffer.concat(next.bytes).toString()).toBe('whole');
    }
    expect(control.get('failed')).toBeGreaterThan(allocations / 2);
    expect(refused, 'TSGI_NO_MEMORY, when there is none for the exchange itself').toContain(-5);
    expect(new Set(refused).size).toBe(1);
  });
});
