/**
 * The client leaves at every message of an exchange: the thread that is about to send the n-th is held until the client
 * has gone, so that the departure falls between two messages and not somewhere near; from before BEGIN to after END. When
 * the scenes are through there must have been one departure for each step of the order table.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until';
import { Control } from './control';
import { kindNamed, stateNamed, stepFrom, steps, type Step } from './order';
import { scenes, type Scene } from './scenes';
import { expectHonest, useMiserableNginx, wholeScene } from './site';

const site = useMiserableNginx();
let control: Control;

beforeAll(() => {
  control = new Control();
});

afterAll(() => {
  control.close();
});

/** How many messages the scene takes when nobody disturbs it. */
async function count(scene: Scene): Promise<number> {
  control.set('messages', 0);
  const reply = await site.request(scene.request);
  expectHonest(scene, reply);
  return control.get('messages');
}

/** The n-th message is held; the client leaves; the message goes. False: the scene had fewer this time. */
async function leaveAt(scene: Scene, message: number): Promise<boolean> {
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

describe.each(scenes)('$name', (scene) => {
  it('may be left at each message', async () => {
    site.allowLog(/on purpose|a line|and another/, /TSGI1\d\d\d/, /did not complete its response/);
    await site.request(wholeScene.request); // the application is loaded
    const messages = await count(scene);
    expect(messages).toBeGreaterThan(1);
    let left = 0;
    for (let message = 1; message <= messages; message++) {
      left += (await leaveAt(scene, message)) ? 1 : 0;
      await site.whenQuiet();
    }
    // Credit and requests for more body come in as many messages as it happens.
    expect(left).toBeGreaterThan(messages / 2);
    expectHonest(wholeScene, await site.request(wholeScene.request));
  }, 120_000);
});

describe('after END', () => {
  const end = stepFrom(stateNamed('started'), kindNamed('END')) as Step;

  it.each(scenes.filter(({ body, waits }) => body !== undefined && waits === undefined))('$name', async (scene) => {
    site.allowLog(/a line|and another/);
    const before = control.count('sentIn', end);
    control.set('stall', 1); // what nginx has been given it still has
    const connection = await site.connect();
    connection.request(site.marked(scene.request));
    await until('END', () => control.count('sentIn', end) > before);
    connection.reset();
    await site.whenQuiet();
    control.set('stall', 0);
    expectHonest(wholeScene, await site.request(wholeScene.request));
  });
});

describe('the order table', () => {
  /** What nginx cannot be brought to. */
  const unreachable: Record<string, string> = {
    'OVER: LOG': 'whoever logs when the exchange is over logs for none',
    'IDLE: INFORM': 'nginx sends early hints from 1.29 on',
  };

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
