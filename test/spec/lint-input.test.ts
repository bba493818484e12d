import { text as streamText } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { lint, type InputStream } from '../../src/index';
import { acceptAll, makeEnviron, MemoryInput } from './host';
import { violated } from './violated';

/** `tsgi.input` as an application sees it through the validator. */
function through(input: InputStream, contentLength?: string): InputStream {
  const environ = makeEnviron({ CONTENT_LENGTH: contentLength }, input);
  void lint((_environ, startResponse) => {
    startResponse('200 OK', []);
    return null;
  })(environ, acceptAll);
  return environ['tsgi.input'];
}

/** An input stream that answers as a test wants, where it is wrong. */
function answering(answers: Partial<Record<keyof InputStream, unknown>>): InputStream {
  const base = new MemoryInput(['abc']);
  const names = ['read', 'readLine', 'readLines', 'lines', 'stream'] as const;
  const methods = Object.fromEntries(
    names.map((name) => [name, name in answers ? answers[name] : base[name].bind(base)] as const),
  );
  const iterate = answers[Symbol.asyncIterator] ?? base[Symbol.asyncIterator].bind(base);
  return { ...methods, [Symbol.asyncIterator]: iterate } as unknown as InputStream;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

async function* yielding(...values: unknown[]): AsyncGenerator<Uint8Array> {
  for (const value of values) {
    yield await Promise.resolve(value as Uint8Array);
  }
}

describe('input that is right passes unchanged', () => {
  test('read', async () => {
    const input = through(new MemoryInput(['hello ', 'world']), '11');
    expect(text(await input.read(3))).toBe('hel');
    expect(text(await input.read(0))).toBe('');
    expect(text(await input.read())).toBe('lo world');
    expect(text(await input.read())).toBe('');
    expect(text(await input.read(5))).toBe('');
  });

  test('lines', async () => {
    const input = through(new MemoryInput(['one\ntwo\n', '\nthree']));
    expect(text(await input.readLine())).toBe('one\n');
    expect(text(await input.readLine(2))).toBe('tw');
    expect((await input.readLines(2)).map(text)).toEqual(['o\n']);
    const rest: string[] = [];
    for await (const line of input.lines()) {
      rest.push(text(line));
    }
    expect(rest).toEqual(['\n', 'three']);
    expect(await input.readLines()).toEqual([]);
  });

  test('chunks, and what a break leaves', async () => {
    const input = through(new MemoryInput(['123456789']), '9');
    for await (const chunk of input) {
      expect(text(chunk)).toBe('1234');
      break;
    }
    expect(text(await input.read())).toBe('56789');
  });

  test('stream', async () => {
    const input = through(new MemoryInput(['streamed']), '8');
    expect(await streamText(input.stream())).toBe('streamed');
  });

  test('the second consumer hears the server', async () => {
    const input = through(new MemoryInput(['abc']));
    const first = input.read();
    await expect(input.read()).rejects.toMatchObject({ code: 'TSGI_INPUT_BUSY' });
    expect(text(await first)).toBe('abc');
  });

  test('a failure passes', async () => {
    const failure = new Error('the client left');
    const input = through(
      answering({
        read: () => Promise.reject(failure),
        async *lines() {
          throw failure;
        },
      }),
    );
    await expect(input.read()).rejects.toBe(failure);
    await expect(input.lines().next()).rejects.toBe(failure);
    await expect(input.read()).rejects.toBe(failure);
  });
});

describe('what the application must not do', () => {
  test.each([
    [-1, '-1'],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    ['1', '"1"'],
    [null, 'null'],
    [10n, 'a bigint'],
  ])('input-size: %s', async (size, description) => {
    const input = through(new MemoryInput(['abc']));
    const message = `a size for tsgi.input must be an integer from 0, not ${description}`;
    await violated('input-size', message, () => input.read(size as number));
    await violated('input-size', message, () => input.readLine(size as number));
    await violated('input-size', message, () => input.readLines(size as number));
    expect(text(await input.read())).toBe('abc');
  });
});

describe('what the server must not do', () => {
  test('input-promise', async () => {
    await violated(
      'input-promise',
      "an operation of the server's tsgi.input gave a Uint8Array of 0 bytes, no promise",
      () => through(answering({ read: () => new Uint8Array() })).read(),
    );
    await violated('input-promise', 'an operation of the server\'s tsgi.input threw: "Error: no"', () =>
      through(
        answering({
          readLine: () => {
            throw new Error('no');
          },
        }),
      ).readLine(),
    );
  });

  test('input-bytes', async () => {
    const reading = (value: unknown): InputStream => through(answering({ read: () => Promise.resolve(value) }));
    await violated('input-bytes', 'the server\'s tsgi.input gave "abc" where a Uint8Array was due', () =>
      reading('abc').read(),
    );
    await violated('input-bytes', "the server's tsgi.input gave null where at most 2 bytes was due", () =>
      reading(null).read(2),
    );
    await violated(
      'input-bytes',
      "the server's tsgi.input gave a Uint8Array of 3 bytes where at most 2 bytes was due",
      () => reading(Buffer.from('abc')).read(2),
    );
    await violated('input-bytes', 'the server\'s tsgi.input gave "x" where a Uint8Array was due', () =>
      through(answering({ [Symbol.asyncIterator]: () => yielding('x') }))
        [Symbol.asyncIterator]()
        .next(),
    );
  });

  test('input-line', async () => {
    const message = "a line of the server's tsgi.input contains another line";
    await violated('input-line', message, () =>
      through(answering({ readLine: () => Promise.resolve(Buffer.from('a\nb')) })).readLine(),
    );
    await violated('input-line', message, () =>
      through(answering({ lines: () => yielding(Buffer.from('a\n\n')) }))
        .lines()
        .next(),
    );
  });

  test('input-lines', async () => {
    await violated('input-lines', 'the server\'s readLines() gave "a\\n", not an array', () =>
      through(answering({ readLines: () => Promise.resolve('a\n') })).readLines(),
    );
    await violated('input-lines', "the server's readLines() gave an empty line", () =>
      through(answering({ readLines: () => Promise.resolve([new Uint8Array()]) })).readLines(),
    );
  });

  test('input-chunks', async () => {
    await violated('input-chunks', "an iterator of the server's tsgi.input gave an empty chunk", () =>
      through(answering({ [Symbol.asyncIterator]: () => yielding(new Uint8Array()) }))
        [Symbol.asyncIterator]()
        .next(),
    );
  });

  test('input-stream', async () => {
    await violated('input-stream', "the server's stream() gave undefined, not a ReadableStream", () =>
      through(answering({ stream: () => undefined })).stream(),
    );
    await violated('input-stream', "the server's stream() gave an object, not a ReadableStream", () =>
      through(answering({ stream: () => ({ getReader: true }) })).stream(),
    );
  });

  test('input-end-stable', async () => {
    const replies = [Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c')];
    const input = through(answering({ read: () => Promise.resolve(replies.shift()) }));
    await input.read(4);
    await input.read(4);
    await violated('input-end-stable', "the server's tsgi.input gave 1 bytes after its end", () => input.read(4));
  });

  test('input-length', async () => {
    const message = (size: number): string => `the server's tsgi.input ended after ${size} bytes, CONTENT_LENGTH is 4`;
    await violated('input-length', message(3), () => through(new MemoryInput(['abc']), '4').read());
    await violated('input-length', message(5), () => through(new MemoryInput(['abcde']), '4').read());
    await violated('input-length', message(2), async () => {
      for await (const line of through(new MemoryInput(['a\n']), '4').lines()) {
        expect(text(line)).toBe('a\n');
      }
    });
  });

  test('input-second-consumer', async () => {
    const message = 'the server let a second consumer read tsgi.input';
    const careless = answering({
      read: () => Promise.resolve(Buffer.from('x')),
      lines: () => yielding(Buffer.from('a\n'), Buffer.from('b\n')),
    });
    const reading = through(careless);
    const first = reading.read();
    await violated('input-second-consumer', message, () => reading.read());
    expect(text(await first)).toBe('x');

    const iterating = through(careless);
    const lines = iterating.lines();
    await lines.next();
    await violated('input-second-consumer', message, () => iterating.read(1));
    await violated('input-second-consumer', message, () => iterating.stream());
    await lines.return?.();
    expect(text(await iterating.read(1))).toBe('x');
  });
});
