/**
 * Every allocation of the module and of the core fails once, the first, the second and so on, for each kind of request.
 * The client gets an error page or a broken response, never half a response that looks whole; the server and the
 * application go on.
 */
import { describe, expect, it } from 'vitest';
import { scenes, type Scene } from './scenes';
import { expectHonest, wholeScene, type Misery } from './site';

/** As good as never: allocations are counted only while one of them is to fail. */
const NEVER = 0xffffffff;

async function count({ site, control }: Misery, scene: Scene): Promise<number> {
  control.set('fail', NEVER);
  control.set('allocations', 0);
  const reply = await site.request(scene.request);
  control.set('fail', 0);
  expectHonest(scene, reply);
  return control.get('allocations');
}

export function testEveryAllocation(misery: Misery): void {
  const { site, control, noises } = misery;
  describe.each(scenes)('$name', (scene) => {
    it('survives each allocation that fails', async () => {
      site.allowLog(...noises);
      await site.request(wholeScene.request);
      await count(misery, scene);
      const allocations = await count(misery, scene); // again: the first one may fill caches
      expect(allocations).toBeGreaterThan(0);
      control.set('failed', 0);
      for (let n = 1; n <= allocations; n++) {
        control.set('fail', n);
        const reply = await site.request(scene.request);
        control.set('fail', 0);
        expectHonest(scene, reply);
        await site.whenQuiet();
        expectHonest(wholeScene, await site.request(wholeScene.request));
      }
      expect(control.get('failed')).toBeGreaterThan(allocations / 2);
    }, 120_000);
  });
}
