import { expect, it } from 'vitest';
import type { Application, InputStream } from '../../src/spec';
import { AbortReason, SLOT_COUNT, slotOf } from '../../src/server/binding';
import { Dispatch } from '../../src/server/dispatch';
import { MockBinding } from '../../src/testing/mock-binding';
import { packRequest, type PackedRequest } from '../../src/testing/mock-environ';
import { turn } from './support/hosts';

/** The callbacks by themselves, as a native side calls them that has nobody's promise about their order. */
it('drops what is about an exchange whose slot has another one by now', async () => {
  let input: InputStream | undefined;
  const application: Application = (environ, startResponse) => {
    input = environ['tsgi.input'];
    startResponse('200 OK', []);
    return new Promise(() => undefined);
  };
  const facts = { id: 1, script: '', interface: 'auto', preload: true, writeLimit: 1000, window: 1000 };
  const binding = new MockBinding([facts], ['application'], {});
  const dispatch = new Dispatch(binding, () =>
    Promise.resolve({ start: () => Promise.resolve(application), close: () => Promise.resolve() }),
  );
  const callbacks = dispatch.callbacks();
  binding.attach(callbacks);
  await turn();
  const { flags, text, words } = packRequest({}, false) as PackedRequest;
  const earlier = 5 + SLOT_COUNT;
  const handle = 5 + 2 * SLOT_COUNT;
  callbacks.begin(earlier, 1, flags, text, words);
  callbacks.abort(earlier, AbortReason.Client);
  expect(dispatch.live).toBe(0);
  callbacks.begin(handle, 1, flags, text, words);
  expect(slotOf(handle)).toBe(slotOf(earlier));

  callbacks.body(earlier, Buffer.from('of another request'));
  callbacks.bodyEnd(earlier, 400);
  callbacks.credit(earlier);
  callbacks.abort(earlier, AbortReason.Client);
  expect(dispatch.live).toBe(1);
  callbacks.body(handle, Buffer.from('its own'));
  callbacks.bodyEnd(handle, 0);
  expect(Buffer.from((await input?.read()) ?? []).toString()).toBe('its own');
  callbacks.abort(handle, AbortReason.Client);
  await dispatch.settled();
});
