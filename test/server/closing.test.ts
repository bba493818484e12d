import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import type { Application, Body, Environ, FinishReason, StartResponse } from '../../src/spec';
import { hostFor, turn } from './support/hosts';

type Step = 'signal' | 'read' | 'write' | 'return' | 'close' | `finish ${FinishReason}`;

interface Scene {
  events: Step[];
  application: Application;
  /** Resolves when the body was asked for its second chunk, which never comes unless `second` says so. */
  pulled: Promise<void>;
}

/** An application that streams a chunk, then waits, and notes each thing that happens to it in its end. */
function scene(
  second: (environ: Environ, start: StartResponse) => Promise<unknown> = () => new Promise(() => undefined),
): Scene {
  const events: Step[] = [];
  let pull = (): void => undefined;
  const pulled = new Promise<void>((resolve) => {
    pull = resolve;
  });
  const application: Application = (environ, startResponse) => {
    const write = startResponse('200 OK', []);
    void Promise.resolve(write('w'.repeat(10))).catch(() => undefined);
    environ['tsgi.signal']?.addEventListener('abort', () => events.push('signal'));
    environ['tsgi.on_finish']?.((reason) => events.push(`finish ${reason}`));
    environ['tsgi.input'].read().catch(() => events.push('read'));
    let count = 0;
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          if (++count === 1) {
            return Promise.resolve({ done: false, value: 'chunk' });
          }
          pull();
          return second(environ, startResponse);
        },
        return: () => {
          events.push('return');
          return new Promise(() => undefined); // nobody waits for it
        },
      }),
      close: () => {
        events.push('close');
      },
    } as unknown as Body;
  };
  return { events, application, pulled };
}

describe('closing', () => {
  it.each(['client', 'timeout', 'stop'] as const)('by the host (%s)', async (why) => {
    const { events, application, pulled } = scene();
    const host = hostFor({ application });
    const exchange = host.open({ bodyOpen: true });
    await pulled;
    exchange.abort(why);
    await turn();
    await turn();
    const reason = { client: 'client_gone', timeout: 'timeout', stop: 'shutdown' } as const;
    // The rejection of the read is told by a promise, and so a little later than what is called at once.
    expect(events.filter((event) => event !== 'read')).toEqual(['signal', 'return', 'close', `finish ${reason[why]}`]);
    expect(events).toContain('read');
    expect(host.unsettled).toBe(1); // return() has not settled
    events.length = 0;
    hostFor.forget(host);
  });

  it('after natural completion: close() without return()', async () => {
    const { events, application } = scene(() => Promise.resolve({ done: true, value: undefined }));
    const host = hostFor(application);
    expect(await host.request()).toMatchObject({ complete: true });
    expect(events.filter((event) => event !== 'read')).toEqual(['close', 'finish complete']);
  });

  it('after a failure of next(): close() without return()', async () => {
    const { events, application } = scene(() => Promise.reject(new Error('broke')));
    const host = hostFor(application);
    expect(await host.request()).toMatchObject({ complete: false });
    expect(events.filter((event) => event !== 'read')).toEqual(['close', 'finish error']);
  });

  it('of a body that comes when the exchange has ended: close() alone', async () => {
    const events: string[] = [];
    let deliver = (_body: Body): void => undefined;
    const host = hostFor((environ) => {
      environ['tsgi.on_finish']?.((reason) => events.push(reason));
      return new Promise<Body>((resolve) => {
        deliver = resolve;
      });
    });
    const exchange = host.open();
    await turn();
    exchange.abort();
    await host.settled();
    expect(events).toEqual(['client_gone']);
    deliver({
      [Symbol.iterator]: () => {
        events.push('iterated');
        return [][Symbol.iterator]();
      },
      close: () => {
        events.push('close');
      },
    } as unknown as Body);
    await turn();
    expect(events).toEqual(['client_gone', 'close']);
  });

  it('waits for the promise of close() before it calls back', async () => {
    const events: string[] = [];
    let settle = (): void => undefined;
    const host = hostFor((environ, startResponse) => {
      startResponse('200 OK', []);
      environ['tsgi.on_finish']?.(() => events.push('first'));
      environ['tsgi.on_finish']?.(() => events.push('second'));
      const body = Object.assign(['x'], {
        close: () =>
          new Promise<void>((resolve) => {
            settle = resolve;
          }),
      });
      return body;
    });
    await host.request();
    await turn();
    expect(events).toEqual([]);
    expect(host.unsettled).toBeGreaterThan(0);
    settle();
    await host.settled();
    expect(events).toEqual(['first', 'second']);
  });

  it('logs what fails, and goes on', async () => {
    const events: string[] = [];
    const fail = (name: string) => (): never => {
      events.push(name);
      throw new Error(`${name} broke`);
    };
    const host = hostFor((environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', '1']]);
      environ['tsgi.on_finish']?.(fail('first'));
      environ['tsgi.on_finish']?.(fail('second'));
      return {
        [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 'xx' }), return: fail('return') }),
        close: fail('close'),
      } as unknown as Body;
    });
    expect(await host.request()).toMatchObject({ text: 'x', complete: true });
    await host.settled();
    expect(events).toEqual(['return', 'close', 'first', 'second']);
    expect(host.records.map(({ tag }) => tag)).toEqual([1004, 1007, 1007, 1007, 1007]);
  });

  it('refuses every call afterwards', async () => {
    let late: Environ | undefined;
    let start: StartResponse | undefined;
    let write: unknown;
    const host = hostFor((environ, startResponse) => {
      late = environ;
      start = startResponse;
      write = startResponse('200 OK', []);
      return [];
    });
    await host.request();
    const code = { code: 'TSGI_EXPIRED' };
    const environ = late as Environ;
    expect(() => start?.('200 OK', [])).toThrow(expect.objectContaining(code));
    await expect((write as (text: string) => Promise<void>)('x')).rejects.toMatchObject(code);
    await expect(environ['tsgi.input'].read()).rejects.toMatchObject(code);
    environ['tsgi.errors'].write('last words'); // the one exception: they are logged
    expect(host.records.map(({ text }) => text)).toContain('last words');
    expect(() => environ['tsgi.flush_headers']?.()).toThrow(expect.objectContaining(code));
    expect(() => environ['tsgi.early_hints']?.([])).toThrow(expect.objectContaining(code));
    expect(() => environ['tsgi.on_finish']?.(() => undefined)).toThrow(expect.objectContaining(code));
    expect(environ['tsgi.raw_headers']).toEqual([]);
    expect(environ['tsgi.signal']?.aborted).toBe(false);
    expect({ ...environ }).toMatchObject({ REQUEST_METHOD: 'GET' });
  });
});

describe('a stream of Node as a body that is not read to its end', () => {
  type How = 'HEAD' | 'gone before it came' | 'gone while it is read';

  /** The body of an exchange that ended before it was read. */
  async function left(how: How, make: () => Readable): Promise<Readable | undefined> {
    let body: Readable | undefined;
    const host = hostFor(async (environ, startResponse) => {
      startResponse('200 OK', []);
      if (how === 'HEAD') {
        environ['tsgi.flush_headers']?.();
      } else if (how === 'gone before it came') {
        await new Promise((resolve) => environ['tsgi.signal']?.addEventListener('abort', resolve));
      }
      return (body = make());
    });
    const exchange = host.open({ method: how === 'HEAD' ? 'HEAD' : 'GET' });
    await turn();
    if (how !== 'HEAD') {
      exchange.abort('client');
    }
    await turn();
    return body;
  }

  it.each(['HEAD', 'gone before it came', 'gone while it is read'] as const)('is destroyed: %s', async (how) => {
    expect((await left(how, () => new Readable({ read() {} })))?.destroyed).toBe(true);
  });

  it('may fail then, and nobody dies of it', async () => {
    const body = await left('gone before it came', () => createReadStream('/nowhere/at/all'));
    await vi.waitUntil(() => body?.closed); // of an error that nobody listens for this file would fail
    expect(body?.errored).toMatchObject({ code: 'ENOENT' });
  });
});
