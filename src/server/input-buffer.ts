import { TsgiError } from '../spec';
import { BeginFlag, type Binding, type Handle } from './binding';

/**
 * The request body between the host and `tsgi.input`: chunks that have arrived and were not read yet.
 *
 * Made by its exchange; fed by dispatch; read by one `RequestInput`. What is held here, and what the host has allowance
 * to send, is never more than the window together: what was read is given back in steps of a quarter of it.
 */
export class InputBuffer {
  #chunks: Uint8Array[] | undefined;
  #ended: boolean;
  #failure: TsgiError | undefined;
  #expired: (() => TsgiError) | undefined;
  /** Wakes the operation that waits. */
  #wake: (() => void) | undefined;
  /** Whether the host may send: a streamed body waits for the first `want`. */
  #opened: boolean;
  /** Bytes that were read and not given back. */
  #owed = 0;

  constructor(
    private readonly binding: Binding,
    private readonly handle: Handle,
    /** Bytes that the host may send ahead of the reader. */
    private readonly window: number,
    flags: number,
  ) {
    this.#ended = (flags & (BeginFlag.NoBody | BeginFlag.EmptyBody)) !== 0;
    this.#opened = (flags & BeginFlag.BodyLater) === 0;
  }

  /** Whether the exchange is over. */
  get expired(): boolean {
    return this.#expired !== undefined;
  }

  /** A chunk has arrived. */
  push(chunk: Uint8Array): void {
    if (!this.#ended && this.#expired === undefined) {
      (this.#chunks ??= []).push(chunk);
      this.#notify();
    }
  }

  /** The body is complete (status 0), or the rest of it will not come. */
  finish(status: number): void {
    if (!this.#ended) {
      this.#ended = true;
      this.#failure = status === 0 ? undefined : failureOf(status);
      this.#notify();
    }
  }

  /** The exchange has ended: what waits rejects with that error, what is held is dropped. */
  expire(error: () => TsgiError): void {
    this.#expired = error;
    this.#chunks = undefined;
    this.#notify();
  }

  /** True when there are bytes to take, false at the end. Rejects when they will not come. */
  async ready(): Promise<boolean> {
    while (this.peek() === undefined) {
      if (this.#expired !== undefined) {
        throw this.#expired();
      }
      if (this.#ended) {
        if (this.#failure !== undefined) {
          throw this.#failure;
        }
        return false;
      }
      await this.#arrival();
    }
    return true;
  }

  /** The next bytes, at most `size`; undefined is the end. The bytes are the caller's. Rejects like `ready`. */
  async read(size: number): Promise<Uint8Array | undefined> {
    return (await this.ready()) ? this.take(size) : undefined;
  }

  /** The chunk that is due, without taking it. */
  peek(): Uint8Array | undefined {
    return this.#chunks?.[0];
  }

  /** Bytes that are here already, at most `size`; undefined when there are none. */
  take(size: number): Uint8Array | undefined {
    const chunks = this.#chunks;
    const first = chunks?.[0];
    if (chunks === undefined || first === undefined) {
      return undefined;
    }
    if (first.byteLength > size) {
      chunks[0] = first.subarray(size);
      this.#consumed(size);
      return first.subarray(0, size);
    }
    chunks.shift();
    this.#consumed(first.byteLength);
    return first;
  }

  #consumed(size: number): void {
    this.#owed += size;
    if (this.#owed >= this.window / 4 && !this.#ended) {
      this.binding.want(this.handle, this.#owed);
      this.#owed = 0;
    }
  }

  #arrival(): Promise<void> {
    if (!this.#opened) {
      this.#opened = true;
      this.binding.want(this.handle, this.window);
    }
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function failureOf(status: number): TsgiError {
  switch (status) {
    case 413:
      return new TsgiError('TSGI_BODY_TOO_LARGE', 'the request body exceeds the limit of the server');
    case 408:
      return new TsgiError('TSGI_CLIENT_GONE', 'the request body stopped arriving', { status });
    default:
      return new TsgiError('TSGI_BODY_MALFORMED', 'the request body is malformed', { status });
  }
}
