import type { ReadableStream } from 'node:stream/web';
import { checkInputSize, TsgiError, type InputStream } from '../spec';
import type { InputBuffer } from './input-buffer';
import { expired } from './response';

const LINE_FEED = 0x0a;
const NOTHING = new Uint8Array(0);

/** `tsgi.input` of one exchange. It has one consumer at a time; see rule `input-second-consumer`. */
export class RequestInput implements InputStream {
  readonly #buffer: InputBuffer;
  /** Whether an operation, an iterator or a stream has the input. */
  #busy = false;

  constructor(buffer: InputBuffer) {
    this.#buffer = buffer;
  }

  async read(size?: number): Promise<Uint8Array> {
    this.#enter('tsgi.input.read', size);
    try {
      if (size === 0) {
        return NOTHING;
      }
      return size === undefined ? await this.#readAll() : ((await this.#buffer.read(size)) ?? NOTHING);
    } finally {
      this.#busy = false;
    }
  }

  async readLine(size?: number): Promise<Uint8Array> {
    this.#enter('tsgi.input.readLine', size);
    try {
      return size === 0 ? NOTHING : await this.#readLine(size ?? Infinity);
    } finally {
      this.#busy = false;
    }
  }

  async readLines(hint?: number): Promise<Uint8Array[]> {
    this.#enter('tsgi.input.readLines', hint);
    try {
      const lines: Uint8Array[] = [];
      let size = 0;
      while (hint === undefined || size < hint) {
        const line = await this.#readLine(Infinity);
        if (line.byteLength === 0) {
          break;
        }
        lines.push(line);
        size += line.byteLength;
      }
      return lines;
    } finally {
      this.#busy = false;
    }
  }

  async *lines(): AsyncGenerator<Uint8Array, void, undefined> {
    this.#enter('tsgi.input.lines', undefined);
    try {
      for (;;) {
        const line = await this.#readLine(Infinity);
        if (line.byteLength === 0) {
          return;
        }
        yield line;
      }
    } finally {
      this.#busy = false;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    this.#enter('the iterator of tsgi.input', undefined);
    try {
      for (;;) {
        const chunk = await this.#buffer.read(Infinity);
        if (chunk === undefined) {
          return;
        }
        yield chunk;
      }
    } finally {
      this.#busy = false;
    }
  }

  stream(): ReadableStream<Uint8Array> {
    this.#enter('tsgi.input.stream', undefined);
    const buffer = this.#buffer;
    return new globalThis.ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const chunk = await buffer.read(Infinity);
          if (chunk === undefined) {
            controller.close();
          } else {
            controller.enqueue(chunk);
          }
        },
      },
      { highWaterMark: 0 },
    ) as ReadableStream<Uint8Array>;
  }

  /** Makes the caller the consumer. */
  #enter(what: string, size: unknown): void {
    if (this.#buffer.expired) {
      throw expired(what);
    }
    TsgiError.check(checkInputSize(size));
    if (this.#busy) {
      throw new TsgiError('TSGI_INPUT_BUSY', `${what} was called while another consumer reads tsgi.input`);
    }
    this.#busy = true;
  }

  async #readAll(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const chunk = await this.#buffer.read(Infinity);
      if (chunk === undefined) {
        return concat(chunks);
      }
      chunks.push(chunk);
    }
  }

  async #readLine(most: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let left = most;
    while (left > 0 && (await this.#buffer.ready())) {
      const feed = this.#buffer.peek()?.indexOf(LINE_FEED) ?? -1;
      const part = this.#buffer.take(feed < 0 ? left : Math.min(left, feed + 1)) ?? NOTHING;
      parts.push(part);
      left -= part.byteLength;
      if (part[part.byteLength - 1] === LINE_FEED) {
        break;
      }
    }
    return concat(parts);
  }
}

function concat(parts: Uint8Array[]): Uint8Array {
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}
