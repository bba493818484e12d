import { describe, expect, it } from 'vitest';
import { TsgiError } from '../../src/spec';
import { BeginFlag, type Binding } from '../../src/server/binding';
import { InputBuffer } from '../../src/server/input-buffer';
import { RequestInput } from '../../src/server/request-input';
import { turn } from './support/hosts';

const WINDOW = 100;

/** An input by itself: what is pushed into it, and the WANT messages that it sends. */
function makeInput(flags = 0): { buffer: InputBuffer; input: RequestInput; wants: number[] } {
  const wants: number[] = [];
  const binding = {
    want: (_handle: number, size: number) => {
      wants.push(size);
      return 0;
    },
  } as unknown as Binding;
  const buffer = new InputBuffer(binding, 1, WINDOW, flags);
  return { buffer, input: new RequestInput(buffer), wants };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('the window of a request body', () => {
  it('is given back in steps of a quarter as bytes are read, not as they arrive', async () => {
    const { buffer, input, wants } = makeInput();
    for (let count = 0; count < 10; count++) {
      buffer.push(Buffer.alloc(10));
    }
    await turn();
    expect(wants).toEqual([]);
    for (let count = 0; count < 6; count++) {
      await input.read(10);
    }
    expect(wants).toEqual([30, 30]);
  });

  it('counts what is taken of a chunk, not the chunk', async () => {
    const { buffer, input, wants } = makeInput();
    buffer.push(Buffer.alloc(100));
    expect((await input.read(24)).byteLength).toBe(24);
    expect(wants).toEqual([]);
    expect((await input.read(1)).byteLength).toBe(1);
    expect(wants).toEqual([25]);
    expect((await input.read(1000)).byteLength).toBe(75);
    expect(wants).toEqual([25, 75]);
  });

  it('of a streamed body opens with the first read', async () => {
    const { buffer, input, wants } = makeInput(BeginFlag.BodyLater);
    expect(wants).toEqual([]);
    const read = input.read(10);
    expect(wants).toEqual([WINDOW]);
    buffer.push(Buffer.from('hello'));
    expect(text(await read)).toBe('hello');
    expect(wants).toEqual([WINDOW]);
  });

  it('is not given back once the body has ended', async () => {
    const { buffer, input, wants } = makeInput();
    buffer.push(Buffer.alloc(100));
    buffer.finish(0);
    await input.read();
    expect(wants).toEqual([]);
  });

  it('counts of a line what the line has, while its chunk has more', async () => {
    const { buffer, input, wants } = makeInput();
    buffer.push(Buffer.from(`${'a'.repeat(9)}\n`.repeat(10)));
    await input.readLine();
    await input.readLine();
    expect(wants).toEqual([]);
    await input.readLine();
    expect(wants).toEqual([30]);
  });
});

describe('reading', () => {
  it('gives what is there, at most the size, and nothing at the end, again and again', async () => {
    const { buffer, input } = makeInput();
    buffer.push(Buffer.from('hello'));
    expect(text(await input.read(0))).toBe('');
    expect(text(await input.read(3))).toBe('hel');
    expect(text(await input.read(3))).toBe('lo');
    const pending = input.read(3);
    buffer.push(Buffer.from('!'));
    expect(text(await pending)).toBe('!');
    buffer.finish(0);
    expect(text(await input.read(3))).toBe('');
    expect(text(await input.read())).toBe('');
    expect(await input.readLines()).toEqual([]);
  });

  it('of lines splits and joins chunks', async () => {
    const { buffer, input } = makeInput();
    for (const piece of ['on', 'e\ntwo\nthr', 'ee\n', '\nlast']) {
      buffer.push(Buffer.from(piece));
    }
    buffer.finish(0);
    expect(text(await input.readLine())).toBe('one\n');
    expect(text(await input.readLine(2))).toBe('tw');
    expect((await input.readLines(3)).map(text)).toEqual(['o\n', 'three\n']);
    const rest: string[] = [];
    for await (const line of input.lines()) {
      rest.push(text(line));
    }
    expect(rest).toEqual(['\n', 'last']);
  });

  it('by stream() gives the rest', async () => {
    const { buffer, input } = makeInput();
    buffer.push(Buffer.from('ab'));
    buffer.push(Buffer.from('cd'));
    buffer.finish(0);
    await input.read(1);
    expect(await new Response(input.stream() as unknown as ReadableStream).text()).toBe('bcd');
  });

  it('refuses a size that is none', async () => {
    const { input } = makeInput();
    for (const size of [-1, 1.5, NaN, '5' as unknown as number]) {
      await expect(input.read(size)).rejects.toMatchObject({ rule: 'input-size' });
      await expect(input.readLine(size)).rejects.toMatchObject({ rule: 'input-size' });
    }
  });
});

describe('one consumer', () => {
  const busy = { code: 'TSGI_INPUT_BUSY' };

  it('is the pending operation', async () => {
    const { buffer, input } = makeInput();
    const first = input.read();
    await expect(input.read()).rejects.toMatchObject(busy);
    await expect(input[Symbol.asyncIterator]().next()).rejects.toMatchObject(busy);
    expect(() => input.stream()).toThrow(expect.objectContaining(busy));
    buffer.push(Buffer.from('x'));
    buffer.finish(0);
    expect(text(await first)).toBe('x');
    expect(text(await input.read())).toBe('');
  });

  it('is the iterator from its first next() until it is returned', async () => {
    const { buffer, input } = makeInput();
    buffer.push(Buffer.from('a'));
    buffer.push(Buffer.from('b'));
    buffer.finish(0);
    const iterator = input[Symbol.asyncIterator]();
    expect(text(await input.read(1))).toBe('a');
    expect(text((await iterator.next()).value as Uint8Array)).toBe('b');
    await expect(input.read()).rejects.toMatchObject(busy);
    await iterator.return?.();
    expect(text(await input.read())).toBe('');
  });

  it('is the stream for ever', async () => {
    const { buffer, input } = makeInput();
    buffer.finish(0);
    await input.stream().cancel();
    await expect(input.read()).rejects.toMatchObject(busy);
  });
});

describe('a body that does not come whole', () => {
  it.each([
    [413, 'TSGI_BODY_TOO_LARGE'],
    [400, 'TSGI_BODY_MALFORMED'],
    [408, 'TSGI_CLIENT_GONE'],
  ])('rejects with status %i once what has arrived was read', async (status, code) => {
    const { buffer, input } = makeInput();
    buffer.push(Buffer.from('x'));
    buffer.finish(status);
    expect(text(await input.read(10))).toBe('x');
    await expect(input.read(10)).rejects.toMatchObject({ code, status });
    await expect(input.readLine()).rejects.toMatchObject({ code, status });
  });

  it('rejects what is pending when the exchange ends, and everything later', async () => {
    const { buffer, input } = makeInput();
    const pending = input.read();
    buffer.push(Buffer.from('x'));
    await turn();
    buffer.expire(() => new TsgiError('TSGI_CLIENT_GONE', 'gone'));
    await expect(pending).rejects.toMatchObject({ code: 'TSGI_CLIENT_GONE' });
    await expect(input.read()).rejects.toMatchObject({ code: 'TSGI_EXPIRED' });
    buffer.push(Buffer.from('late'));
    buffer.finish(0);
    await expect(input.read()).rejects.toMatchObject({ code: 'TSGI_EXPIRED' });
  });

  it('errors the stream that is read', async () => {
    const { buffer, input } = makeInput();
    const reader = input.stream().getReader();
    const pending = reader.read();
    await turn();
    buffer.expire(() => new TsgiError('TSGI_CLIENT_GONE', 'gone'));
    await expect(pending).rejects.toMatchObject({ code: 'TSGI_CLIENT_GONE' });
  });

  it('is empty for a sub-request', async () => {
    const { input } = makeInput(BeginFlag.NoBody);
    expect(text(await input.read())).toBe('');
  });
});
