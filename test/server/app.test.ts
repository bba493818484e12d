import { describe, expect, it } from 'vitest';
import { createMockHost } from '../../src/testing';
import { LoadError } from '../../src/server/app';
import { MockBinding } from '../../src/testing/mock-binding';
import { answering, hostFor, turn } from './support/hosts';

/** A promise and the function that fulfils it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('an application', () => {
  it('gets the exchanges that waited for init(), in order', async () => {
    const { opened, open } = gate();
    const seen: string[] = [];
    const host = hostFor({
      application: (environ, startResponse) => {
        seen.push(environ.PATH_INFO);
        startResponse('200 OK', []);
        return [environ.PATH_INFO];
      },
      init: () => opened,
    });
    const responses = [host.request({ path: '/1' }), host.request({ path: '/2' })];
    await turn();
    await turn();
    expect(host.live).toBe(2);
    open();
    expect((await Promise.all(responses)).map(({ text }) => text)).toEqual(['/1', '/2']);
    expect(seen).toEqual(['/1', '/2']);
  });

  it('does not see an exchange whose client has left meanwhile', async () => {
    const { opened, open } = gate();
    let calls = 0;
    const host = hostFor({
      application: (_environ, startResponse) => {
        calls++;
        startResponse('200 OK', []);
        return [];
      },
      init: () => opened,
    });
    const gone = host.open();
    await turn();
    gone.abort();
    await turn();
    open();
    await host.request();
    expect(calls).toBe(1);
  });

  it('that fails in init() answers 503, logged once with its stack and once for each request', async () => {
    const host = hostFor({
      application: answering([]),
      init: () => {
        throw new Error('no database');
      },
    });
    expect(await host.request()).toMatchObject({ status: 503, page: true });
    expect(await host.request()).toMatchObject({ status: 503, page: true });
    expect(host.records.map(({ tag, exchange }) => [tag, exchange])).toEqual([
      [1022, 0],
      [1024, 1],
      [1024, 2],
    ]);
    expect(host.records[0]?.text).toMatch(/no database\n +at /);
    expect(host.records[1]?.text).toContain('no database');
    expect(host.records[1]?.text).not.toContain('\n');
  });

  it('that fails leaves the others alone', async () => {
    const host = createMockHost(
      {
        broken: {
          application: answering([]),
          init: () => {
            throw new LoadError('nothing there', {
              tag: 1021,
              level: 3,
              title: '',
              cause: '',
              cure: '',
            });
          },
        },
        fine: answering(['fine']),
      },
      { lint: false },
    );
    expect(await host.request({ app: 'broken' })).toMatchObject({ status: 503 });
    expect(await host.request({ app: 'fine' })).toMatchObject({ text: 'fine' });
    expect(host.records[0]).toMatchObject({ tag: 1021, app: 'broken' });
  });
});

describe('stop', () => {
  it('ends what runs, then awaits close(), then says so', async () => {
    const events: string[] = [];
    const host = hostFor({
      application: (environ) => {
        environ['tsgi.on_finish']?.((reason) => events.push(reason));
        return new Promise(() => undefined);
      },
      close: async () => {
        await turn();
        events.push('closed');
      },
    });
    const exchange = host.open();
    await turn();
    await host.stop();
    expect(events).toEqual(['shutdown', 'closed']);
    expect(await exchange.response).toMatchObject({ status: 503, page: true });
  });

  it('does not close what was never ready, and survives a close() that fails', async () => {
    const events: string[] = [];
    const close = (name: string) => () => {
      events.push(name);
      throw new Error('cannot close');
    };
    const host = createMockHost(
      {
        idle: { application: answering([]), close: close('idle') },
        used: { application: answering([]), close: close('used') },
      },
      { lint: false },
    );
    await host.request({ app: 'used' });
    await host.stop();
    expect(events).toEqual(['used']);
    expect(host.records.map(({ tag }) => tag)).toEqual([1023]);
  });
});

describe('handles', () => {
  it('are never given twice', () => {
    const binding = new MockBinding([], [], {});
    const first = binding.newHandle();
    expect(first).toBeGreaterThan(0);
    expect(binding.newHandle()).not.toBe(first);
  });
});
