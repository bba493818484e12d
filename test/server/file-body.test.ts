import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import type { Application, FileWrapperFactory, Headers } from '../../src/spec';
import type { FileSource } from '../../src/spec';
import { hostFor } from './support/hosts';

const folder = mkdtempSync(join(tmpdir(), 'tsgi-file-'));
const path = join(folder, 'file');
const content = Array.from({ length: 1000 }, (_, line) => `line ${line}\n`).join('');
writeFileSync(path, content);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function sending(
  source: () => FileSource | Promise<FileSource>,
  options: Parameters<FileWrapperFactory>[1] = {},
  headers: Headers = [],
): Application {
  return async (environ, startResponse) => {
    startResponse('200 OK', headers);
    return (environ['tsgi.file_wrapper'] as FileWrapperFactory)(await source(), options);
  };
}

const descriptors = (): number => readdirSync('/proc/self/fd').length;

describe.each([true, false])('a file (sendfile %s)', (sendfile) => {
  it.each<[string, () => FileSource | Promise<FileSource>]>([
    ['a path', () => path],
    ['a descriptor', async () => (await import('node:fs')).openSync(path, 'r')],
    ['a FileHandle', () => open(path)],
  ])('given as %s is sent with its length, and closed', async (_what, source) => {
    const before = descriptors();
    const host = hostFor(sending(source), { sendfile });
    const response = await host.request();
    expect(response).toMatchObject({ contentLength: content.length, complete: true, text: content });
    await host.settled();
    expect(descriptors()).toBe(before);
    if (sendfile) {
      expect(response.chunks).toHaveLength(1);
    }
  });

  it('is sent in part', async () => {
    const host = hostFor(
      sending(() => path, { offset: 5, length: 7 }),
      { sendfile },
    );
    expect(await host.request()).toMatchObject({ contentLength: 7, text: content.slice(5, 12) });
  });

  it('of which there is less than was asked for has the length that there is', async () => {
    const host = hostFor(
      sending(() => path, { offset: content.length - 3, length: 50 }),
      { sendfile },
    );
    expect(await host.request()).toMatchObject({ contentLength: 3, text: content.slice(-3), complete: true });
  });

  it('beyond its end is empty', async () => {
    const host = hostFor(
      sending(() => path, { offset: content.length + 3 }),
      { sendfile },
    );
    expect(await host.request()).toMatchObject({ contentLength: 0, text: '', complete: true });
  });

  it('has its length for HEAD, and is not read', async () => {
    const host = hostFor(
      sending(() => path),
      { sendfile },
    );
    expect(await host.request({ method: 'HEAD' })).toMatchObject({ contentLength: content.length, text: '' });
  });

  it('is cut at a declared length, and fails when it has less', async () => {
    const cut = hostFor(
      sending(() => path, {}, [['Content-Length', '10']]),
      { sendfile },
    );
    expect(await cut.request()).toMatchObject({ text: content.slice(0, 10), complete: true });
    await cut.settled();
    expect(cut.records.map(({ tag }) => tag)).toEqual([1004]);
    const short = hostFor(
      sending(() => path, {}, [['Content-Length', '99999']]),
      { sendfile },
    );
    expect(await short.request()).toMatchObject({ status: 500, page: true });
    expect(short.records.map(({ tag }) => tag)).toEqual([1005]);
  });

  it('waits for what was written before', async () => {
    const host = hostFor(
      (environ, startResponse) => {
        void startResponse('200 OK', [])('x'.repeat(1000));
        return (environ['tsgi.file_wrapper'] as FileWrapperFactory)(path);
      },
      { sendfile, window: 100 },
    );
    expect(await host.request()).toMatchObject({ text: 'x'.repeat(1000) + content, contentLength: undefined });
  });

  it('that is missing is a 500', async () => {
    const host = hostFor(
      sending(() => join(folder, 'missing')),
      { sendfile },
    );
    expect(await host.request()).toMatchObject({ status: 500, page: true });
    expect(host.records[0]?.text).toContain('ENOENT');
  });

  it('is closed when the client leaves', async () => {
    const before = descriptors();
    const host = hostFor(
      sending(() => path),
      { sendfile, window: 100 },
    );
    const exchange = host.open({ credit: 'manual' });
    await exchange.receivedAtLeast(1);
    exchange.abort();
    await host.settled();
    expect(descriptors()).toBe(before);
  });
});

it('a stream is iterated, without a length', async () => {
  const host = hostFor(
    sending(() => Readable.from([Buffer.from('from '), Buffer.from('a stream')], { objectMode: false })),
  );
  expect(await host.request()).toMatchObject({ text: 'from a stream', contentLength: undefined });
});
