import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileWrapper, fileWrapperOf, lint, standFor, type FileSource } from '../../src/index';
import { acceptAll, makeEnviron } from './host';
import { violated } from './violated';

let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-file-wrapper-'));
  path = join(folder, 'digits');
  await writeFile(path, '0123456789');
});

afterAll(() => rm(folder, { recursive: true }));

async function chunks(file: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for await (const chunk of file) {
    texts.push(Buffer.from(chunk).toString());
  }
  return texts;
}

const isOpen = (fd: number): boolean => {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
};

const sources: Record<string, () => FileSource | Promise<FileSource>> = {
  'a path': () => path,
  'a descriptor': () => openSync(path, 'r'),
  'a FileHandle': () => open(path),
  'a Readable': () => Readable.from([Buffer.from('012'), Buffer.from('3456'), Buffer.from('789')]),
  'a Readable of strings': () => Readable.from(['012', '3456', '789']),
};

describe.each(Object.keys(sources))('%s', (name) => {
  const make = async (options?: ConstructorParameters<typeof FileWrapper>[1]): Promise<FileWrapper> =>
    new FileWrapper(await (sources[name] as () => FileSource)(), options);

  test('is read whole', async () => {
    expect((await chunks(await make())).join('')).toBe('0123456789');
  });

  test.each([
    [{ offset: 4 }, '456789'],
    [{ length: 4 }, '0123'],
    [{ offset: 2, length: 3 }, '234'],
    [{ offset: 3, length: 4, blockSize: 1 }, '3456'],
    [{ offset: 10 }, ''],
    [{ offset: 11, length: 1 }, ''],
    [{ length: 0 }, ''],
    [{ length: 100 }, '0123456789'],
  ])('%j', async (options, expected) => {
    expect((await chunks(await make(options))).join('')).toBe(expected);
  });

  test('may be left early and closed again and again', async () => {
    const file = await make({ blockSize: 2 });
    for await (const chunk of file) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await file.close();
    await file.close();
  });

  test('may be closed without being read', async () => {
    await (await make()).close();
  });

  test('file-iterated-twice', async () => {
    const begun = await make();
    const iterator = begun[Symbol.asyncIterator]();
    await violated('file-iterated-twice', 'a file wrapper can be iterated only once', () =>
      begun[Symbol.asyncIterator](),
    );
    await iterator.return?.();
    await begun.close();
    const file = await make();
    await chunks(file);
    await violated('file-iterated-twice', 'a file wrapper can be iterated only once', () =>
      file[Symbol.asyncIterator](),
    );
  });
});

describe('descriptors', () => {
  test('blocks have the size that was asked for', async () => {
    expect(await chunks(new FileWrapper(path, { blockSize: 4 }))).toEqual(['0123', '4567', '89']);
  });

  test('the wrapper closes what it was given', async () => {
    const fd = openSync(path, 'r');
    const file = new FileWrapper(fd);
    expect(isOpen(fd)).toBe(true);
    await file.close();
    expect(isOpen(fd)).toBe(false);

    const handle = await open(path);
    await chunks(new FileWrapper(handle));
    expect(handle.fd).toBe(-1);

    const stream = Readable.from(['x']);
    await new FileWrapper(stream).close();
    expect(stream.destroyed).toBe(true);
  });

  test('close() waits for the read under way', async () => {
    const fd = openSync(path, 'r');
    const file = new FileWrapper(fd);
    const pending = file[Symbol.asyncIterator]().next();
    await file.close();
    const { value } = (await pending) as IteratorResult<Uint8Array>;
    expect(value === undefined || Buffer.from(value as Uint8Array).toString() === '0123456789').toBe(true);
    expect(isOpen(fd)).toBe(false);
  });

  test('close() while the file is being opened', async () => {
    const file = new FileWrapper(path);
    const range = file.range();
    const first = file[Symbol.asyncIterator]().next();
    await file.close();
    expect(isOpen((await range)?.fd ?? 0)).toBe(false);
    expect((await first).done).toBe(true);
  });

  test('an iteration that begins after close() is at its end', async () => {
    const file = new FileWrapper(path);
    const iterator = file[Symbol.asyncIterator]();
    await file.close();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('a stream that fails before it is read fails whoever reads it', async () => {
    const failure = new Error('failed');
    const stream = new Readable({ read: () => undefined });
    const file = new FileWrapper(stream);
    const failed = once(stream, 'error');
    stream.destroy(failure);
    await failed;
    await expect(chunks(file)).rejects.toBe(failure);
  });

  test('nothing is opened before it is needed', async () => {
    const file = new FileWrapper(join(folder, 'missing'));
    await file.close();
    const missing = new FileWrapper(join(folder, 'missing'));
    await expect(chunks(missing)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(new FileWrapper(join(folder, 'missing')).range()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a directory cannot be read', async () => {
    await expect(chunks(new FileWrapper(folder))).rejects.toMatchObject({ code: 'EISDIR' });
  });

  test('a pipe is read in order, and its offset skipped', async () => {
    const { execFile } = await import('node:child_process');
    const pipe = join(folder, 'pipe');
    await new Promise((resolve) => execFile('mkfifo', [pipe], resolve));
    const file = new FileWrapper(pipe, { offset: 2, length: 5, blockSize: 3 });
    const [texts] = await Promise.all([chunks(file), writeFile(pipe, '0123456789')]);
    expect(texts.join('')).toBe('23456');
  });
});

describe('range, for servers that send files themselves', () => {
  test('is cut at the end of the file', async () => {
    const file = new FileWrapper(path, { offset: 7, length: 100 });
    const range = await file.range();
    expect(range).toEqual({ fd: expect.any(Number) as number, offset: 7, length: 3 });
    await file.close();
    expect(isOpen(range?.fd ?? 0)).toBe(false);
    await expect(file.range()).rejects.toMatchObject({ code: 'TSGI_EXPIRED' });
  });

  test('is empty behind the end', async () => {
    const file = new FileWrapper(path, { offset: 20 });
    expect((await file.range())?.length).toBe(0);
    await file.close();
  });

  test('does not exist for what can only be read', async () => {
    expect(await new FileWrapper(Readable.from(['x'])).range()).toBeUndefined();
    const device = new FileWrapper('/dev/null');
    expect(await device.range()).toBeUndefined();
    await device.close();
  });
});

describe('what it refuses', () => {
  const message = (found: string): string =>
    `the source of a file wrapper must be a path, a descriptor, a FileHandle or a Readable, not ${found}`;

  test.each<[unknown, string]>([
    ['', '""'],
    ['a\0b', '"a\\u0000b"'],
    [-1, '-1'],
    [1.5, '1.5'],
    [{}, 'an object'],
    [undefined, 'undefined'],
    [new Uint8Array(1), 'a Uint8Array of 1 bytes'],
  ])('file-source: %s', async (source, found) => {
    await violated('file-source', message(found), () => new FileWrapper(source as string));
  });

  test.each<[object, string]>([
    [{ offset: -1 }, 'the offset of a file wrapper must be an integer from 0, not -1'],
    [{ length: '5' }, 'the length of a file wrapper must be an integer from 0, not "5"'],
    [{ blockSize: 0 }, 'the blockSize of a file wrapper must be an integer from 1, not 0'],
  ])('file-options: %j', async (options, text) => {
    await violated('file-options', text, () => new FileWrapper(path, options));
  });

  test('file-stream-chunks', async () => {
    const file = new FileWrapper(Readable.from([{ not: 'bytes' }]));
    await violated(
      'file-stream-chunks',
      'the stream of a file wrapper must produce bytes or strings, not an object',
      () => chunks(file),
    );
  });

  test('a descriptor that a test opened is not closed by a refused wrapper', () => {
    const fd = openSync(path, 'r');
    expect(() => new FileWrapper(fd, { offset: -1 })).toThrow();
    closeSync(fd);
  });
});

describe('the brand', () => {
  test('is on wrappers alone', () => {
    const file = new FileWrapper(path);
    expect(fileWrapperOf(file)).toBe(file);
    expect(fileWrapperOf(Object.create(file))).toBeUndefined();
    expect(fileWrapperOf({ ...file })).toBeUndefined();
    expect(fileWrapperOf(null)).toBeUndefined();
    expect(fileWrapperOf('x')).toBeUndefined();
  });

  test('can be passed on by middleware that changes no byte', () => {
    const file = new FileWrapper(path);
    const body = { [Symbol.asyncIterator]: () => file[Symbol.asyncIterator]() };
    standFor(file, body);
    expect(fileWrapperOf(body)).toBe(file);
  });

  test('shines through lint, which sees the close', async () => {
    const file = new FileWrapper(path);
    const body = lint((_environ, startResponse) => {
      startResponse('200 OK', []);
      return file;
    })(makeEnviron(), acceptAll) as AsyncIterable<string> & { close(): Promise<void> };
    expect(body).not.toBe(file);
    expect(fileWrapperOf(body)).toBe(file);
    expect((await file.range())?.length).toBe(10);
    await body.close();
    await expect(file.range()).rejects.toMatchObject({ code: 'TSGI_EXPIRED' });
  });
});
