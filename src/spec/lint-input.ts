import { checkInputSize } from './arguments';
import type { LintExchange } from './lint-exchange';
import { quote } from './quote';
import { isThenable } from './response';
import type { InputStream } from './types';

const LINE_FEED = 0x0a;

/**
 * `tsgi.input` between server and application. Passes every call on as it came; checks the sizes that the application
 * asks for, and everything that the server answers.
 */
export class LintInput implements InputStream {
  /** Operations that have not been answered. */
  #pending = 0;
  /** Iterators between their first `next()` and their end. */
  #owners = 0;
  #ended = false;
  /** Bytes that were read. */
  #received = 0;
  /** Whether all bytes pass here: not after `stream()`. */
  #counting = true;
  readonly #expected: number | undefined;

  constructor(
    private readonly exchange: LintExchange,
    private readonly input: InputStream,
    contentLength: string | undefined,
  ) {
    this.#expected = contentLength === undefined ? undefined : Number(contentLength);
  }

  read(...size: [size?: number]): Promise<Uint8Array> {
    return this.#operate(
      size[0],
      () => this.input.read(...size),
      (value) => {
        const bytes = this.#bytes(value, size[0]);
        this.#receive(bytes.byteLength, size[0] === undefined || (bytes.byteLength === 0 && size[0] > 0));
        return bytes;
      },
    );
  }

  readLine(...size: [size?: number]): Promise<Uint8Array> {
    return this.#operate(
      size[0],
      () => this.input.readLine(...size),
      (value) => {
        const line = this.#line(value, size[0]);
        this.#receive(line.byteLength, line.byteLength === 0 && size[0] !== 0);
        return line;
      },
    );
  }

  readLines(...hint: [hint?: number]): Promise<Uint8Array[]> {
    return this.#operate(
      hint[0],
      () => this.input.readLines(...hint),
      (value) => {
        // @rule input-lines
        // `readLines()` MUST resolve with an array of non-empty lines: all that are left, or, with a `hint`, so many that
        // together they reach that number of bytes. An empty array means the end of the input.
        if (!Array.isArray(value)) {
          throw this.exchange.fail('input-lines', `the server's readLines() gave ${quote(value)}, not an array`);
        }
        let size = 0;
        for (const line of value as unknown[]) {
          const length = this.#line(line, undefined).byteLength;
          if (length === 0) {
            throw this.exchange.fail('input-lines', "the server's readLines() gave an empty line");
          }
          size += length;
        }
        this.#receive(size, value.length === 0 || hint[0] === undefined);
        return value as Uint8Array[];
      },
    );
  }

  lines(): AsyncIterableIterator<Uint8Array> {
    return this.#iterate(this.input.lines(), (value) => this.#line(value, undefined));
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    return this.#iterate(this.input[Symbol.asyncIterator](), (value) => this.#bytes(value, undefined));
  }

  stream(): ReturnType<InputStream['stream']> {
    const second = this.#pending + this.#owners > 0;
    const stream = this.input.stream();
    this.#first(second);
    // @rule input-stream
    // `stream()` MUST return a `ReadableStream` of the Streams standard.
    if (typeof (stream as Partial<typeof stream> | undefined)?.getReader !== 'function') {
      throw this.exchange.fail('input-stream', `the server's stream() gave ${quote(stream)}, not a ReadableStream`);
    }
    this.#counting = false;
    return stream;
  }

  /** Runs one operation of the application and checks its answer. */
  async #operate<T>(size: unknown, call: () => unknown, check: (value: unknown) => T): Promise<T> {
    if (!this.exchange.over) {
      this.exchange.require(checkInputSize(size));
    }
    const second = this.#pending + this.#owners > 0;
    const answer = this.#call(call);
    let value: unknown;
    this.#pending++;
    try {
      value = await answer;
    } finally {
      this.#pending--;
    }
    this.#alive();
    this.#first(second);
    return check(value);
  }

  #call(call: () => unknown): PromiseLike<unknown> {
    let answer: unknown;
    try {
      answer = call();
    } catch (error) {
      throw this.exchange.fail(
        'input-promise',
        `an operation of the server's tsgi.input threw: ${quote(String(error))}`,
      );
    }
    // @rule input-promise
    // Each of `read`, `readLine` and `readLines` MUST return a promise and MUST NOT throw: failures reject.
    if (!isThenable(answer)) {
      throw this.exchange.fail(
        'input-promise',
        `an operation of the server's tsgi.input gave ${quote(answer)}, no promise`,
      );
    }
    return answer;
  }

  #iterate(
    iterator: AsyncIterableIterator<Uint8Array>,
    check: (value: unknown) => Uint8Array,
  ): AsyncIterableIterator<Uint8Array> {
    let owning = false;
    const release = (): void => {
      this.#owners -= owning ? 1 : 0;
      owning = false;
    };
    const checked: AsyncIterableIterator<Uint8Array> = {
      next: async () => {
        const second = this.#pending + this.#owners - (owning ? 1 : 0) > 0;
        this.#owners += owning ? 0 : 1;
        owning = true;
        let result: IteratorResult<Uint8Array, unknown>;
        try {
          result = await iterator.next();
        } catch (error) {
          release();
          throw error;
        }
        if (result.done === true) {
          release();
          this.#receive(0, true);
          return { done: true, value: undefined };
        }
        this.#alive();
        this.#first(second);
        // @rule input-chunks
        // The iterators of `tsgi.input` MUST yield non-empty `Uint8Array`s, and MUST be done at the end of the input.
        const bytes = check(result.value);
        if (bytes.byteLength === 0) {
          throw this.exchange.fail('input-chunks', "an iterator of the server's tsgi.input gave an empty chunk");
        }
        this.#receive(bytes.byteLength, false);
        return { done: false, value: bytes };
      },
      return: async () => {
        release();
        await iterator.return?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => checked,
    };
    return checked;
  }

  #bytes(value: unknown, size: number | undefined): Uint8Array {
    // @rule input-bytes
    // What `tsgi.input` gives MUST be a `Uint8Array`, of at most the size that was asked for. Fewer bytes than that do
    // not mean the end; only zero bytes do.
    if (!(value instanceof Uint8Array) || (size !== undefined && value.byteLength > size)) {
      throw this.exchange.fail(
        'input-bytes',
        `the server's tsgi.input gave ${quote(value)} where ${size === undefined ? 'a Uint8Array' : `at most ${size} bytes`} was due`,
      );
    }
    return value;
  }

  #line(value: unknown, size: number | undefined): Uint8Array {
    const line = this.#bytes(value, size);
    // @rule input-line
    // A line MUST NOT contain `\n` but as its last byte; only the last line of the input, and one cut by its `size`, may
    // lack it.
    const feed = line.indexOf(LINE_FEED);
    if (feed >= 0 && feed !== line.byteLength - 1) {
      throw this.exchange.fail('input-line', "a line of the server's tsgi.input contains another line");
    }
    return line;
  }

  /** Counts what was received, and checks it against the end. */
  #receive(size: number, end: boolean): void {
    // @rule input-end-stable
    // Once the input has ended, every further operation MUST say so again, at once: zero bytes, no lines, done.
    if (this.#ended && size > 0) {
      throw this.exchange.fail('input-end-stable', `the server's tsgi.input gave ${size} bytes after its end`);
    }
    this.#received += size;
    this.#ended ||= end;
    // @rule input-length
    // Where `CONTENT_LENGTH` is present the input MUST have exactly that many bytes before its end. When the client
    // leaves before it has sent them, the operation rejects with `TSGI_CLIENT_GONE`: that never looks like the end.
    if (end && this.#counting && this.#expected !== undefined && this.#received !== this.#expected) {
      throw this.exchange.fail(
        'input-length',
        `the server's tsgi.input ended after ${this.#received} bytes, CONTENT_LENGTH is ${this.#expected}`,
      );
    }
  }

  /** Checks that an operation which has succeeded was the only one. */
  #first(second: boolean): void {
    // @rule input-second-consumer
    // The input has one consumer at a time. While an operation is pending, from the first `next()` of an iterator until
    // it is done or returned, and for good after `stream()`, every other operation MUST fail with `TSGI_INPUT_BUSY`
    // (`stream()` throws it, the others reject). What a consumer leaves, the next one gets.
    if (second) {
      throw this.exchange.fail('input-second-consumer', 'the server let a second consumer read tsgi.input');
    }
  }

  #alive(): void {
    if (this.exchange.finished) {
      throw this.exchange.expired('tsgi.input');
    }
  }
}
