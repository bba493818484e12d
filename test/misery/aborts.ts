/**
 * The client leaves at every message of an exchange: the thread that is about to send the n-th is held until the client
 * has gone, so that the departure falls between two messages and not somewhere near; from before BEGIN to after END.
 */
import { describe, expect, it } from 'vitest';
import { until } from '../support/until';
import { kindNamed, stateNamed, stepFrom, steps, type Step } from './order';
import { scenes, type Scene } from './scenes';
import { expectHonest, wholeScene, type Misery } from './site';

/** How many messages the scene takes when nobody disturbs it. */
async function count({ site, control }: Misery, scene: Scene): Promise<number> {
  control.set('messages', 0);
  const reply = await site.request(scene.request);
  expectHonest(scene, reply);
  return control.get('messages');
}

/** The n-th message is held; the client leaves; the message goes. False: the scene had fewer this time. */
async function leaveAt({ site, control }: Misery, scene: Scene, message: number): Promise<boolean> {
  control.set('hold', message);
  const connection = await site.connect();
  const incoming = connection.request(site.marked(scene.request));
  await until(`message ${message}`, () => control.get('held') === 1 || incoming.state !== 'open');
  const held = control.get('held') === 1;
  connection.reset();
  if (held) {
    await control.release();
  }
  control.set('hold', 0);
  return held;
}

export function testEveryMessage(misery: Misery): void {
  const { site, noises } = misery;
  describe.each(scenes)('$name', (scene) => {
    it('may be left at each message', async () => {
      site.allowLog(...noises);
      await site.request(wholeScene.request); // the application is loaded
      const messages = await count(misery, scene);
      expect(messages).toBeGreaterThan(1);
      let left = 0;
      for (let message = 1; message <= messages; message++) {
        left += (await leaveAt(misery, scene, message)) ? 1 : 0;
        await site.whenQuiet();
      }
      // Credit and requests for more body come in as many messages as it happens.
      expect(left).toBeGreaterThan(messages / 2);
      expectHonest(wholeScene, await site.request(wholeScene.request));
    }, 120_000);
  });
}

/** The server has the whole response, and the client goes before a byte of it. */
export function testAfterEnd({ site, control, noises }: Misery): void {
  const end = stepFrom(stateNamed('started'), kindNamed('END')) as Step;
  const ending = scenes.filter(({ body, waits }) => body !== undefined && waits === undefined);

  describe('after END', () => {
    it.each(ending)('$name', async (scene) => {
      site.allowLog(...noises);
      const before = control.count('sentIn', end);
      control.set('stall', 1); // what the server has been given it still has
      const connection = await site.connect();
      connection.request(site.marked(scene.request));
      await until('END', () => control.count('sentIn', end) > before);
      connection.reset();
      await site.whenQuiet();
      control.set('stall', 0);
      expectHonest(wholeScene, await site.request(wholeScene.request));
    });
  });
}

/**
 * Of what has been left so far: before each step of the order table somebody has.
 * @param unreachable steps that this server cannot be brought to, and why
 */
export function testOrderTable({ control }: Misery, unreachable: Record<string, string>): void {
  describe('the order table', () => {
    it.each(steps)('$name', (step) => {
      if (step.name in unreachable) {
        expect(control.count('sentIn', step)).toBe(0);
      } else if (step.kind === kindNamed('ABORT')) {
        expect(control.count('sentIn', step)).toBeGreaterThan(0); // leaving sends it
      } else {
        expect(control.count('heldIn', step)).toBeGreaterThan(0);
      }
    });
  });
}
