import { close as closeDescriptor, fstat, open, read } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { TsgiError, type Violation } from './errors';
import { quote } from './quote';

const openFile = promisify(open);
const closeFile = promisify(closeDescriptor);
const statFile = promisify(fstat);
const readFile = promisify(read);

const BLOCK_SIZE = 64 * 1024;

export interface FileWrapperOptions {
  /** The first byte to send; 0 unless told. */
  offset?: number;
  /** How many bytes to send; to the end unless told. */
  length?: number;
  /** How many bytes one chunk holds at most when the file is iterated; 64 KiB unless told. */
  blockSize?: number;
}

export type FileSource = string | number | FileHandle | Readable;

/** The part of a regular file that a body stands for. The descriptor belongs to the wrapper. */
export interface FileRange {
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * A body made of a file (PEP 3333, "Optional Platform-Specific File Handling").
 *
 * Made by the application through `tsgi.file_wrapper`; the source, whatever it is, belongs to the wrapper from then on.
 * Returned as it is, the server recognises it (`fileWrapperOf`) and may send the file without reading it into
 * JavaScript. To middleware it is a plain asynchronous iterable, which reads a block when it is asked for one.
 * Ended by `close()`, by the end of its iteration, or by a failure to read; each closes the source. A late caller of
 * the iterator finds it at its end; a second iteration is refused.
 */
export class FileWrapper implements AsyncIterable<Uint8Array> {
  readonly source: FileSource;
  readonly offset: number;
  /** The number of bytes asked for; undefined is "to the end of the file". */
  readonly length: number | undefined;
  readonly blockSize: number;

  #taken = false;
  #closed: Promise<void> | undefined;
  /** The descriptor of a source that is a path, opened at the first use. */
  #opened: Promise<number> | undefined;
  /** Settles when the operations on the descriptor have: it is not closed below them. */
  #operations: Promise<unknown> = Promise.resolve();

  constructor(source: FileSource, options: FileWrapperOptions = {}) {
    const violation = checkSource(source) ?? checkOptions(options);
    if (violation !== undefined) {
      throw TsgiError.of(violation);
    }
    this.source = source;
    this.offset = options.offset ?? 0;
    this.length = options.length;
    this.blockSize = options.blockSize ?? BLOCK_SIZE;
    if (isReadable(source)) {
      source.on('error', ignore); // it is thrown to whoever iterates, and may come before that
    }
    wrappers.set(this, this);
  }

  /**
   * The range of a regular file to send, for a server that sends files by itself; undefined when the source is a
   * stream, a pipe or a device, which can only be iterated. The range ends with the file at the latest. The
   * descriptor stays open until `close()`.
   */
  async range(): Promise<FileRange | undefined> {
    if (isReadable(this.source)) {
      return undefined;
    }
    const [fd, stat] = await this.#operate(async (fd) => [fd, await statFile(fd)] as const);
    if (!stat.isFile()) {
      return undefined;
    }
    const rest = Math.max(0, stat.size - this.offset);
    return { fd, offset: this.offset, length: Math.min(rest, this.length ?? rest) };
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.#taken) {
      // @rule file-iterated-twice
      // A file wrapper is iterated once, like any other body.
      throw TsgiError.of({ rule: 'file-iterated-twice', message: 'a file wrapper can be iterated only once' });
    }
    this.#taken = true;
    return isReadable(this.source) ? this.#streamed(this.source) : this.#blocks();
  }

  /** Closes the source; again and again is legal. Resolves when the source is closed. */
  close(): Promise<void> {
    return this.#end();
  }

  async *#blocks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      let left = this.length ?? Infinity;
      if (left === 0 || this.#closed !== undefined) {
        return;
      }
      const seekable = (await this.#operate((fd) => statFile(fd))).isFile();
      let skip = seekable ? 0 : this.offset;
      let position = seekable ? this.offset : null;
      while (left > 0 && this.#closed === undefined) {
        const size = Math.min(this.blockSize, skip > 0 ? skip : left);
        const block = Buffer.allocUnsafe(size);
        const at = position;
        const { bytesRead } = await this.#operate((fd) => readFile(fd, block, 0, size, at));
        if (bytesRead === 0) {
          return;
        }
        if (skip > 0) {
          skip -= bytesRead;
          continue;
        }
        left -= bytesRead;
        position = position === null ? null : position + bytesRead;
        yield block.subarray(0, bytesRead);
      }
    } finally {
      await this.#end();
    }
  }

  async *#streamed(stream: Readable): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      let skip = this.offset;
      let left = this.length ?? Infinity;
      if (left === 0) {
        return;
      }
      for await (const piece of stream as AsyncIterable<unknown>) {
        let block = typeof piece === 'string' ? Buffer.from(piece) : piece;
        if (!(block instanceof Uint8Array)) {
          // @rule file-stream-chunks
          // A stream given to `tsgi.file_wrapper` MUST produce bytes or strings, it is not in object mode.
          throw TsgiError.of({
            rule: 'file-stream-chunks',
            message: `the stream of a file wrapper must produce bytes or strings, not ${quote(piece)}`,
          });
        }
        const skipped = Math.min(skip, block.length);
        skip -= skipped;
        block = block.subarray(skipped, Math.min(block.length, skipped + left));
        left -= (block as Uint8Array).length;
        if ((block as Uint8Array).length > 0) {
          yield block as Uint8Array;
        }
        if (left === 0) {
          return;
        }
      }
    } finally {
      await this.#end();
    }
  }

  /** Runs an operation on the descriptor, which stays open until it has settled. */
  #operate<T>(operation: (fd: number) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) {
      return Promise.reject(new TsgiError('TSGI_EXPIRED', 'the file wrapper is closed'));
    }
    const result = this.#descriptor().then(operation);
    this.#operations = Promise.allSettled([this.#operations, result]);
    return result;
  }

  #descriptor(): Promise<number> {
    const source = this.source;
    if (typeof source === 'string') {
      this.#opened ??= openFile(source, 'r');
      return this.#opened;
    }
    return Promise.resolve(typeof source === 'number' ? source : (source as FileHandle).fd);
  }

  /** What `close()` does, for the end of the iteration too: who puts another `close` in its place hears the server alone. */
  #end(): Promise<void> {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  async #release(): Promise<void> {
    const source = this.source;
    if (isReadable(source)) {
      source.destroy();
      return;
    }
    await this.#operations;
    if (typeof source === 'number') {
      await closeFile(source);
    } else if (typeof source === 'string') {
      const fd = await this.#opened?.catch(() => undefined);
      if (fd !== undefined) {
        await closeFile(fd);
      }
    } else {
      await source.close();
    }
  }
}

/** The brand: bodies that stand for a file, and the wrapper each stands for. Nobody else can enter an object here. */
const wrappers = new WeakMap<object, FileWrapper>();

/** The file wrapper that a returned body is, or stands for; undefined for every other body. */
export function fileWrapperOf(body: unknown): FileWrapper | undefined {
  return typeof body === 'object' && body !== null ? wrappers.get(body) : undefined;
}

/**
 * Lets `body` stand for the same file as `wrapper`, for middleware that must wrap a body and changes none of its
 * bytes. The server then sends the file and calls `body.close()`; it may never iterate `body`.
 */
export function standFor(wrapper: FileWrapper, body: object): void {
  wrappers.set(body, wrapper);
}

function ignore(): void {}

function isReadable(source: unknown): source is Readable {
  return (
    typeof source === 'object' &&
    source !== null &&
    typeof (source as Partial<Readable>).destroy === 'function' &&
    typeof (source as Partial<Readable>).on === 'function' &&
    typeof (source as Partial<Readable>)[Symbol.asyncIterator] === 'function'
  );
}

function isFileHandle(source: unknown): source is FileHandle {
  return (
    typeof source === 'object' &&
    source !== null &&
    typeof (source as Partial<FileHandle>).fd === 'number' &&
    typeof (source as Partial<FileHandle>).close === 'function'
  );
}

function checkSource(source: unknown): Violation | undefined {
  // @rule file-source
  // The source of a file wrapper MUST be a path (a non-empty string without NUL), a file descriptor, a `FileHandle` of
  // `node:fs/promises`, or a `Readable` stream. The wrapper owns it from then on and closes it.
  const valid =
    typeof source === 'string'
      ? source !== '' && !source.includes('\0')
      : typeof source === 'number'
        ? Number.isInteger(source) && source >= 0 && source <= 0x7fffffff
        : isFileHandle(source) || isReadable(source);
  return valid
    ? undefined
    : {
        rule: 'file-source',
        message: `the source of a file wrapper must be a path, a descriptor, a FileHandle or a Readable, not ${quote(source)}`,
      };
}

function checkOptions(options: FileWrapperOptions): Violation | undefined {
  // @rule file-options
  // `offset` and `length` MUST be integers from 0, `blockSize` an integer from 1; each may be left out.
  for (const [name, least] of [
    ['offset', 0],
    ['length', 0],
    ['blockSize', 1],
  ] as const) {
    const value: unknown = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= least)) {
      return {
        rule: 'file-options',
        message: `the ${name} of a file wrapper must be an integer from ${least}, not ${quote(value)}`,
      };
    }
  }
  return undefined;
}
