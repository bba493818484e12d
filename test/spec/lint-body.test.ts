import { describe, expect, test } from 'vitest';
import { lint, type Application, type Body, type Headers } from '../../src/index';
import { acceptAll, makeEnviron, run } from './host';
import { violated } from './violated';

type Driven = {
  [Symbol.asyncIterator](): AsyncIterator<unknown>;
  [Symbol.iterator](): Iterator<unknown>;
  close(): unknown;
};

const html: Headers = [['Content-Type', 'text/html']];

/** The body that the validator hands to a server, for a server that the test plays by itself. */
function handed(body: Body, overrides: Record<string, unknown> = {}): Driven {
  return lint((_environ, startResponse) => {
    startResponse('200 OK', html);
    return body;
  })(makeEnviron(overrides), acceptAll) as unknown as Driven;
}

function* letters(): Generator<string> {
  yield 'a';
  yield 'b';
}

async function* lettersLater(): AsyncGenerator<string> {
  yield 'a';
  yield await Promise.resolve('b');
}

describe('what the server must not do with a body', () => {
  test('host-iterated-twice', async () => {
    const message = 'the server began to iterate the body again';
    const body = handed(letters());
    body[Symbol.iterator]();
    await violated('host-iterated-twice', message, () => body[Symbol.iterator]());
    const closed = handed(lettersLater());
    closed.close();
    await violated('host-iterated-twice', message, () => closed[Symbol.asyncIterator]());
  });

  test('host-next-outstanding', async () => {
    const iterator = handed(lettersLater())[Symbol.asyncIterator]();
    const first = iterator.next();
    await violated('host-next-outstanding', 'the server called next() while another next() was pending', () =>
      iterator.next(),
    );
    expect(await first).toEqual({ done: false, value: 'a' });
  });

  test('host-next-after-end', async () => {
    const message = 'the server called next() after the iteration was over';
    const completed = handed([] as string[], { REQUEST_METHOD: 'GET' }) as unknown as string[];
    expect(completed).toEqual([]);
    const iterator = handed(letters())[Symbol.iterator]();
    expect([iterator.next(), iterator.next(), iterator.next()].map((result) => result.done)).toEqual([
      false,
      false,
      true,
    ]);
    await violated('host-next-after-end', message, () => iterator.next());

    const failed = handed(
      (async function* () {
        yield await Promise.reject<string>(new Error('failed'));
      })(),
    )[Symbol.asyncIterator]();
    await expect(failed.next()).rejects.toThrow('failed');
    await violated('host-next-after-end', message, () => failed.next());

    const returned = handed(letters())[Symbol.iterator]();
    returned.return?.();
    await violated('host-next-after-end', message, () => returned.next());
  });

  test('host-return-once', async () => {
    const message = 'the server called return() on an iteration that was over';
    const completed = handed(new Set<string>())[Symbol.iterator]();
    completed.next();
    await violated('host-return-once', message, () => completed.return?.());
    const twice = handed(lettersLater())[Symbol.asyncIterator]();
    await twice.return?.();
    await violated('host-return-once', message, () => twice.return?.());
  });

  test('host-close-once', async () => {
    const body = handed(letters());
    body.close();
    await violated('host-close-once', "the server called the body's close() twice", () => body.close());
    const array = handed(Object.assign(['x'], { close: () => undefined }));
    array.close();
    await violated('host-close-once', "the server called the body's close() twice", () => array.close());
  });

  test('host-close-order', async () => {
    const body = handed(letters());
    body[Symbol.iterator]().next();
    await violated('host-close-order', "the server called the body's close() without return()", () => body.close());
  });

  test('host-bodyless-pull', async () => {
    const iterator = handed(letters(), { REQUEST_METHOD: 'HEAD' })[Symbol.iterator]();
    iterator.next();
    await violated('host-bodyless-pull', 'the server pulled more of a body that it does not send', () =>
      iterator.next(),
    );
  });

  test('host-not-closed', async () => {
    const callbacks: Array<(reason: string) => void> = [];
    const body = handed(letters(), {
      'tsgi.on_finish': (callback: (reason: string) => void) => void callbacks.push(callback),
    });
    body[Symbol.iterator]();
    await violated('host-not-closed', 'the exchange finished and the body was not closed', () =>
      callbacks[0]?.('complete'),
    );
  });

  test('return() need not wait for next(), nor close() for return()', async () => {
    const steps: string[] = [];
    let deliver: (value: IteratorResult<string>) => void = () => undefined;
    const body = handed({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<string>>((resolve) => (deliver = resolve)),
        return: () => {
          steps.push('return');
          return new Promise<never>(() => undefined);
        },
      }),
      close: () => steps.push('close'),
    } as AsyncIterable<string>);
    const iterator = body[Symbol.asyncIterator]();
    const pending = iterator.next();
    void iterator.return?.();
    body.close();
    deliver({ done: false, value: 1 as unknown as string });
    expect(await pending).toEqual({ done: false, value: 1 });
    expect(steps).toEqual(['return', 'close']);
  });
});

describe('the validator changes nothing', () => {
  const error = new Error('the application failed');
  const applications: Record<string, Application> = {
    'an array': (_environ, start) => {
      start('200 OK', html);
      return ['a', Buffer.from('b'), '', 'c'];
    },
    'an empty array': (_environ, start) => {
      start('200 OK', html);
      return [];
    },
    'an array with a declared length': (_environ, start) => {
      start('200 OK', [['Content-Length', '2']]);
      return ['a', 'b'];
    },
    'an array after write': async (_environ, start) => {
      await start('200 OK', html)('w');
      return ['a'];
    },
    'an array with close': (_environ, start) => {
      start('200 OK', html);
      return Object.assign(['a'], { close: () => undefined });
    },
    'no body': (_environ, start) => {
      start('204 No Content', []);
      return undefined;
    },
    'write alone': (_environ, start) => {
      void start('200 OK', html)('all');
      return null;
    },
    'a generator': function* (_environ, start) {
      start('200 OK', html);
      yield 'a';
      yield '';
      yield Buffer.from('b');
    } as Application,
    'an asynchronous generator': async function* (_environ, start) {
      yield '';
      start('200 OK', html);
      yield await Promise.resolve('a');
      yield 'b';
    } as Application,
    'an asynchronous iterator without promises': (_environ, start) => {
      start('200 OK', html);
      let left = 2;
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => (left-- > 0 ? { done: false, value: 'x' } : { done: true, value: undefined }),
        }),
      } as unknown as Body;
    },
    'the input': (environ, start) => {
      start('200 OK', html);
      return environ['tsgi.input'];
    },
    'a web stream': (_environ, start) => {
      start('200 OK', html);
      return new Blob(['blob']).stream() as unknown as Body;
    },
    'an error before the response': () => {
      throw error;
    },
    'an error while started': function* (_environ, start) {
      start('200 OK', html);
      throw error;
    } as Application,
    'an error after commit': function* (_environ, start) {
      start('200 OK', html);
      yield 'a';
      throw error;
    } as Application,
    'an error response instead': function* (_environ, start) {
      start('200 OK', html);
      yield '';
      start('500 Internal Server Error', html, error);
      yield 'sorry';
    } as Application,
    'an error response too late': function* (_environ, start) {
      start('200 OK', html);
      yield 'a';
      start('500 Internal Server Error', html, error);
      yield 'sorry';
    } as Application,
    excess: function* (_environ, start) {
      start('200 OK', [['Content-Length', '3']]);
      yield 'ab';
      yield 'cd';
    } as Application,
    'no response': () => null,
  };

  const situations = {
    GET: {},
    HEAD: { environ: { REQUEST_METHOD: 'HEAD' } },
    'a client that leaves': { leaveAfter: 1 },
    'a host without extensions': {
      environ: { 'tsgi.on_finish': undefined, 'tsgi.signal': undefined, 'tsgi.flush_headers': undefined },
    },
  };

  for (const [name, application] of Object.entries(applications)) {
    test.each(Object.keys(situations))(`${name}, %s`, async (situation) => {
      const options = situations[situation as keyof typeof situations];
      const bare = await run(application, { ...options, bare: true });
      const linted = await run(application, options);
      const seen = ({ status, headers, body, chunks, reset, reason, calls }: typeof bare): unknown => ({
        status,
        headers,
        body,
        chunks,
        reset,
        reason,
        calls,
      });
      expect(seen(linted)).toEqual(seen(bare));
    });
  }

  test('a promise stays a promise, a body at once stays one at once', () => {
    const bodies = [['x'], Promise.resolve(['x'])];
    const [now, later] = bodies.map((body) =>
      lint((_environ, start) => {
        start('200 OK', html);
        return body;
      })(makeEnviron(), acceptAll),
    );
    expect(now).toBe(bodies[0]);
    expect(later).toBeInstanceOf(Promise);
  });

  test('nothing is pulled before the server pulls', () => {
    let pulled = 0;
    const body = handed({
      *[Symbol.iterator]() {
        pulled++;
        yield 'x';
      },
    });
    expect(pulled).toBe(0);
    body[Symbol.iterator]().next();
    expect(pulled).toBe(1);
  });

  test('after the client has left, calls reach the server, which refuses them', async () => {
    let late: (() => unknown) | undefined;
    const outcome = await run(
      async function* (_environ, start) {
        const write = start('200 OK', html);
        late = () => [start('200 OK', html), write('x')];
        yield 'a';
        yield await Promise.resolve('b');
      } as Application,
      { leaveAfter: 1 },
    );
    expect(outcome.reason).toBe('client_gone');
    expect(late).toThrow(expect.objectContaining({ code: 'TSGI_EXPIRED' }) as Error);
    expect(outcome.violations).toEqual([]);
  });

  test('two validators around each other', async () => {
    for (const application of Object.values(applications)) {
      const once = await run(application);
      const twice = await run(lint(application));
      expect({ ...twice, calls: [], violations: [], error: String(twice.error) }).toEqual({
        ...once,
        calls: [],
        violations: [],
        error: String(once.error),
      });
    }
  });
});
