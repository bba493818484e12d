import { describe, expect, test } from 'vitest';
import { lint, TsgiError, type Application, type Body, type Headers } from '../../src/index';
import { acceptAll, makeEnviron, run } from './host';
import { expectViolation, violated } from './violated';

/** Runs an application that breaks a rule, and expects that it hears of it, and the server too. */
async function breaks(rule: string, message: string, application: Application): Promise<void> {
  const outcome = await run(application);
  expectViolation(outcome.error, rule, message);
  expect(outcome.violations).toEqual([outcome.error]);
}

const html: Headers = [['Content-Type', 'text/html']];

describe('what the application must not do', () => {
  test('status and headers are checked at the call', async () => {
    await breaks('status-string', 'the status must be a string such as "200 OK", not 200', (_environ, start) => {
      start(200 as unknown as string, html);
      return null;
    });
    await breaks('header-name', 'a header name must be a token, not "a b"', (_environ, start) => {
      start('200 OK', [['a b', '']]);
      return null;
    });
  });

  test('a violation that the application swallows is reported nevertheless', async () => {
    const outcome = await run((_environ, start) => {
      expect(() => start('200', [])).toThrow(TsgiError);
      start('200 OK', []);
      return ['x'];
    });
    expect(outcome.error).toBeUndefined();
    expect(outcome.body).toBe('x');
    expect(outcome.violations.map((error) => error.rule)).toEqual(['status-form']);
  });

  test('start-twice', async () => {
    const message = 'startResponse was called a second time without an error';
    await breaks('start-twice', message, (_environ, start) => {
      start('200 OK', html);
      start('200 OK', html);
      return ['x'];
    });
    await breaks('start-twice', message, (_environ, start) => {
      start('200 OK', html);
      start('200 OK', html, null);
      return ['x'];
    });
    await breaks('start-twice', message, function* (_environ, start) {
      start('200 OK', html);
      yield 'x';
      start('200 OK', html);
    } as Application);
  });

  test('write-late', async () => {
    const message = 'write was called after the server began to pull the body';
    await breaks('write-late', message, function* (_environ, start) {
      const write = start('200 OK', html);
      yield 'x';
      void write('y');
    } as Application);
  });

  test.each<[unknown, string]>([
    [1, '1'],
    [null, 'null'],
    [undefined, 'undefined'],
    [new ArrayBuffer(2), 'an object of class ArrayBuffer'],
    [new Uint16Array(2), 'a typed array of 4 bytes'],
    [['x'], 'an array of length 1'],
    [{ toString: () => 'x' }, 'an object'],
    [Promise.resolve('x'), 'a promise (await it first)'],
  ])('chunk-type: %s', async (chunk, description) => {
    const message = `a chunk must be a string or a Uint8Array, not ${description}`;
    await breaks('chunk-type', message, (_environ, start) => {
      start('200 OK', html);
      return [chunk as string];
    });
    await breaks('chunk-type', message, function* (_environ, start) {
      start('200 OK', html);
      yield chunk as string;
    } as Application);
    await breaks('chunk-type', message, (_environ, start) => {
      void start('200 OK', html)(chunk as string);
      return null;
    });
  });

  test.each<[unknown, string]>([
    ['hello', '"hello"'],
    [Buffer.from('hello'), 'a Uint8Array of 5 bytes'],
    [new Uint8Array(3), 'a Uint8Array of 3 bytes'],
  ])('body-bare: %s', async (body, description) => {
    await breaks(
      'body-bare',
      `the body must not be a bare chunk, wrap it in an array: [${description}]`,
      (_e, start) => {
        start('200 OK', html);
        return body as Body;
      },
    );
  });

  test.each<[unknown, string]>([
    [42, '42'],
    [{}, 'an object'],
    [() => 'x', 'a function'],
    [Object.assign(() => 'x', { [Symbol.iterator]: () => ['x'][Symbol.iterator]() }), 'a function'],
    [new Response('x'), 'an object of class Response'],
  ])('body-iterable: %s', async (body, description) => {
    await breaks(
      'body-iterable',
      `the body must be an iterable or asynchronous iterable of chunks, not ${description}`,
      async (_environ, start) => {
        start('200 OK', html);
        return Promise.resolve(body as Body);
      },
    );
  });

  test('body-close', async () => {
    await breaks('body-close', 'the close of a body must be a function, not true', (_environ, start) => {
      start('200 OK', html);
      return Object.assign(['x'], { close: true });
    });
  });

  test('body-iterator', async () => {
    await breaks('body-iterator', 'the iterator of a body must have next(), not be an object', (_environ, start) => {
      start('200 OK', html);
      return { [Symbol.iterator]: () => ({}) } as unknown as Body;
    });
    await breaks('body-iterator', 'the iterator of a body must have next(), not be an object', (_environ, start) => {
      start('200 OK', html);
      return { [Symbol.iterator]: () => ({ next: 'x' }) } as unknown as Body;
    });
  });

  test('body-result', async () => {
    const returning = (next: () => unknown): Application => {
      return (_environ, start) => {
        start('200 OK', html);
        return { [Symbol.iterator]: () => ({ next }) } as unknown as Body;
      };
    };
    await breaks(
      'body-result',
      'next() of a body must give { done, value }, not "x"',
      returning(() => 'x'),
    );
    await breaks(
      'body-result',
      'next() of a body must give { done, value }, not an object of class Promise',
      returning(() => Promise.resolve({ done: true })),
    );
  });

  test.each<[string, () => Body]>([
    ['null', () => null],
    ['an array', () => ['x']],
    [
      'a generator',
      () =>
        (function* () {
          yield 'x';
        })(),
    ],
    [
      'a generator at its end',
      () =>
        (function* () {
          yield '';
        })(),
    ],
    [
      'an asynchronous generator',
      async function* () {
        yield 'x';
      },
    ],
  ])('body-before-start: %s', async (_name, body) => {
    await breaks('body-before-start', 'a chunk or the end of the body came before startResponse was called', body);
  });

  test('a body that is refused before the server sees it is closed', async () => {
    let closed = 0;
    await run(() => Object.assign(['x'], { close: () => closed++ }));
    expect(closed).toBe(1);
  });

  test('length-short', async () => {
    const short = (body: () => Body): Application => {
      return (_environ, start) => {
        start('200 OK', [['Content-Length', '4']]);
        return body();
      };
    };
    const message = (count: number): string => `${count} bytes were produced, Content-Length is 4`;
    await breaks(
      'length-short',
      message(0),
      short(() => null),
    );
    await breaks(
      'length-short',
      message(3),
      short(() => ['abc']),
    );
    await breaks(
      'length-short',
      message(2),
      short(async function* () {
        yield '\xe9';
      }),
    );
    const known = await run(short(() => ['abc']));
    expect(known.reset).toBe(false);
    const late = await run(short(() => new Set(['abc'])));
    expect(late.reset).toBe(true);
  });

  test('length-excess is cut by the server, and thrown from a next() that follows', async () => {
    const excessive = (body: () => Body): Application => {
      return (_environ, start) => {
        void start('200 OK', [['Content-Length', '4']])('ab');
        return body();
      };
    };
    const message = '5 bytes were produced, Content-Length is 4';
    const bodies: Array<() => Body> = [
      () => ['cde'],
      () => Object.assign(['cde'], { close: () => undefined }),
      function* () {
        yield 'cde';
      },
    ];
    for (const body of bodies) {
      const outcome = await run(excessive(body));
      expect(outcome).toMatchObject({ body: 'abcd', reset: false, reason: 'complete', error: undefined });
      expect(outcome.violations).toHaveLength(1);
      expectViolation(outcome.violations[0], 'length-excess', message);

      const iterable = lint(excessive(body))(makeEnviron(), acceptAll) as Iterable<string>;
      const iterator = iterable[Symbol.iterator]();
      expect(iterator.next()).toEqual({ done: false, value: 'cde' });
      await violated('length-excess', message, () => iterator.next());
    }
  });

  test('length-excess by write is reported', async () => {
    for (const body of [null, [], ['x'], new Set([''])]) {
      const outcome = await run((_environ, start) => {
        void start('200 OK', [['Content-Length', '4']])('abcde');
        return body;
      });
      expect(outcome).toMatchObject({ body: 'abcd', error: undefined });
      expect(outcome.violations).toHaveLength(1);
      expectViolation(outcome.violations[0], 'length-excess', '5 bytes were produced, Content-Length is 4');
    }
  });

  test('a declared length is not compared where there is no content', async () => {
    const application: Application = (_environ, start) => {
      start('200 OK', [['Content-Length', '4000']]);
      return null;
    };
    const outcome = await run(application, { environ: { REQUEST_METHOD: 'HEAD' } });
    expect(outcome.violations).toEqual([]);
    const notModified = await run((_environ, start) => {
      start('304 Not Modified', [['Content-Length', '4000']]);
      return [];
    });
    expect(notModified.violations).toEqual([]);
  });

  test('flush-before-start', async () => {
    await breaks('flush-before-start', 'tsgi.flush_headers was called before startResponse', (environ) => {
      environ['tsgi.flush_headers']?.();
      return null;
    });
  });

  test('flush_headers commits', async () => {
    const outcome = await run((environ, start) => {
      start('200 OK', html);
      environ['tsgi.flush_headers']?.();
      start('500 Internal Server Error', html, new Error('too late'));
      return null;
    });
    expect(outcome.error).toEqual(new Error('too late'));
    expect(outcome.violations).toEqual([]);
  });

  test('hints-late', async () => {
    const message = 'tsgi.early_hints was called after the response was committed';
    await breaks('hints-late', message, function* (environ, start) {
      environ['tsgi.early_hints']?.([['Link', '</a.css>; rel=preload']]);
      start('200 OK', html);
      environ['tsgi.early_hints']?.([['Link', '</b.css>; rel=preload']]);
      yield 'x';
      environ['tsgi.early_hints']?.([['Link', '</c.css>; rel=preload']]);
    } as Application);
    await breaks('headers-array', 'the headers must be an array of [name, value], not an object', (environ) => {
      environ['tsgi.early_hints']?.({ Link: '' } as unknown as Headers);
      return null;
    });
  });

  test('finish-callback', async () => {
    await breaks('finish-callback', 'tsgi.on_finish must be given a function, not "callback"', (environ) => {
      environ['tsgi.on_finish']?.('callback' as unknown as () => void);
      return null;
    });
  });

  test('errors-text and errors-lines', async () => {
    await breaks('errors-text', 'tsgi.errors must be given strings, not an object of class Error', (environ) => {
      environ['tsgi.errors'].write(new Error('x') as unknown as string);
      return null;
    });
    await breaks('errors-text', 'tsgi.errors must be given strings, not 1', (environ) => {
      environ['tsgi.errors'].writeLines(['x', 1 as unknown as string]);
      return null;
    });
    await breaks('errors-lines', 'tsgi.errors.writeLines must be given an iterable of strings, not "x"', (environ) => {
      environ['tsgi.errors'].writeLines('x');
      return null;
    });
  });
});
