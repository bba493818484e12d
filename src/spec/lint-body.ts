import { fileWrapperOf, standFor } from './file-wrapper';
import type { LintExchange } from './lint-exchange';
import { checkBody, checkChunk, checkIterator, checkResult, checkStarted, isThenable } from './response';
import type { Body, Chunk, Closeable } from './types';

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;
type AnyIterable = Partial<Iterable<unknown> & AsyncIterable<unknown> & Closeable>;

/** Checks what the application returned, and returns what the server shall have instead. */
export function lintBody(exchange: LintExchange, body: Body): Body {
  if (exchange.over) {
    return body; // it will be closed and not iterated
  }
  try {
    exchange.require(checkBody(body));
    if (body === null || body === undefined) {
      exchange.require(checkStarted(exchange.state));
      exchange.complete();
      return body;
    }
    if (Array.isArray(body)) {
      exchange.require(checkStarted(exchange.state));
      for (const chunk of body as Chunk[]) {
        exchange.require(checkChunk(chunk));
      }
      exchange.complete(sizeOf(body as Chunk[]));
      if (exchange.declared === undefined && !exchange.written) {
        return lintArray(exchange, body as Chunk[] & Partial<Closeable>);
      }
    }
  } catch (error) {
    discard(body);
    throw error;
  }
  const checked = new LintBody(exchange, body);
  const wrapper = fileWrapperOf(body);
  if (wrapper !== undefined) {
    standFor(wrapper, checked);
  }
  exchange.body = checked;
  return checked as unknown as Iterable<Chunk> | AsyncIterable<Chunk>;
}

function sizeOf(chunks: Chunk[]): number {
  return chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0);
}

/** An array that the server derives a Content-Length from stays an array. Its chunks were checked. */
function lintArray(exchange: LintExchange, body: Chunk[] & Partial<Closeable>): Chunk[] {
  if (body.close === undefined) {
    return body;
  }
  const checked = new LintBody(exchange, body);
  return Object.assign([...body], { close: () => checked.close() });
}

/** Closes a body that the server will not see. */
function discard(body: unknown): void {
  try {
    const close: unknown = (body as Partial<Closeable> | null | undefined)?.close;
    const answer: unknown = typeof close === 'function' ? close.call(body) : undefined;
    if (isThenable(answer)) {
      answer.then(undefined, () => undefined);
    }
  } catch {
    // The violation is what the server shall hear of.
  }
}

/**
 * A body between application and server: iterable in the one way that the original is, and always with `close`.
 * Made when the application returns; ended by the server's `close()`. Pulls nothing by itself.
 */
class LintBody {
  #iteration: Iteration | undefined;
  #closed = false;

  declare [Symbol.iterator]?: () => Iterator<unknown>;
  declare [Symbol.asyncIterator]?: () => AsyncIterator<unknown>;

  constructor(
    private readonly exchange: LintExchange,
    private readonly body: AnyIterable,
  ) {
    if (typeof body[Symbol.asyncIterator] === 'function') {
      this[Symbol.asyncIterator] = () => this.#iterate().asynchronous();
    } else {
      this[Symbol.iterator] = () => this.#iterate().synchronous();
    }
  }

  /** Whether the server has begun with the body and not closed it. */
  get open(): boolean {
    return this.#iteration !== undefined && !this.#closed;
  }

  close(): unknown {
    // @rule host-close-once
    // The server MUST call the `close()` of a body, if it has one, exactly once, whatever became of the exchange; also
    // for a body that comes when the exchange has ended, which it does not iterate.
    if (this.#closed) {
      throw this.exchange.fail('host-close-once', "the server called the body's close() twice");
    }
    this.#closed = true;
    const answer: unknown = this.body.close?.();
    // @rule host-close-order
    // The server MUST NOT call `close()` while the iteration goes on: it comes after natural completion, after a
    // failure of the iteration, or after `return()`, whose promise it does not wait for.
    if (this.#iteration?.running === true) {
      throw this.exchange.fail('host-close-order', "the server called the body's close() without return()");
    }
    return answer;
  }

  #iterate(): Iteration {
    // @rule host-iterated-twice
    // The server MUST NOT ask a body for a second iterator, nor for one after `close()`.
    if (this.#iteration !== undefined || this.#closed) {
      throw this.exchange.fail('host-iterated-twice', 'the server began to iterate the body again');
    }
    const body = this.body;
    const iterator: unknown = body[Symbol.asyncIterator]?.() ?? body[Symbol.iterator]?.();
    this.exchange.require(checkIterator(iterator));
    this.#iteration = new Iteration(this.exchange, iterator as AnyIterator);
    return this.#iteration;
  }
}

/** One iteration of a body, of either kind. */
class Iteration {
  #pending = false;
  #ended = false;
  #returned = false;
  /** Whether a chunk was handed over that a response without content needs no successor to. */
  #enough = false;

  constructor(
    private readonly exchange: LintExchange,
    private readonly iterator: AnyIterator,
  ) {}

  get running(): boolean {
    return !this.#ended && !this.#returned;
  }

  synchronous(): Iterator<unknown> {
    return {
      next: () => {
        this.#begin();
        const result = this.#call();
        return this.#accept(result);
      },
      return: () => this.#return() as IteratorResult<unknown>,
    };
  }

  asynchronous(): AsyncIterator<unknown> {
    return {
      next: async () => {
        this.#begin();
        const answer = this.#call();
        this.#pending = true;
        let result: unknown;
        try {
          result = await answer;
        } catch (error) {
          this.#ended = true;
          throw error;
        } finally {
          this.#pending = false;
        }
        return this.#accept(result);
      },
      return: async () => (await this.#return()) as IteratorResult<unknown>,
    };
  }

  /** Checks that the server may pull now. */
  #begin(): void {
    // @rule host-next-outstanding
    // The server MUST NOT call `next()` while the promise of the one before is pending.
    if (this.#pending) {
      throw this.exchange.fail('host-next-outstanding', 'the server called next() while another next() was pending');
    }
    // @rule host-next-after-end
    // The server MUST NOT call `next()` after the iteration has ended, failed or been returned.
    if (!this.running) {
      throw this.exchange.fail('host-next-after-end', 'the server called next() after the iteration was over');
    }
    // @rule host-bodyless-pull
    // For HEAD, and for status 204 and 304, the server MUST NOT pull the body after its first non-empty chunk.
    // Middleware that needs the whole body of a HEAD request gives the application a GET.
    if (this.#enough) {
      throw this.exchange.fail('host-bodyless-pull', 'the server pulled more of a body that it does not send');
    }
    if (this.exchange.late !== undefined) {
      this.#abandon();
      throw this.exchange.late;
    }
    this.exchange.pulled = true;
  }

  #call(): unknown {
    try {
      return this.iterator.next();
    } catch (error) {
      this.#ended = true;
      throw error;
    }
  }

  /** Checks what the application's `next()` gave. */
  #accept(result: unknown): IteratorResult<unknown> {
    if (this.#returned) {
      return result as IteratorResult<unknown>; // nobody will look at it
    }
    try {
      this.exchange.require(checkResult(result));
      const { done, value } = result as IteratorResult<unknown>;
      if (done === true) {
        this.#ended = true;
        this.exchange.require(checkStarted(this.exchange.state));
        this.exchange.complete();
        return { done: true, value: undefined };
      }
      this.exchange.require(checkChunk(value));
      const chunk = value as Chunk;
      if (chunk.length > 0) {
        this.exchange.require(checkStarted(this.exchange.state));
        this.#enough = this.exchange.bodyless;
      }
      this.exchange.count(chunk);
      return { done: false, value: chunk };
    } catch (error) {
      this.#abandon();
      throw error;
    }
  }

  #return(): unknown {
    // @rule host-return-once
    // The server MUST NOT call `return()` twice, nor after natural completion: as in JavaScript's own protocol,
    // `return()` is for iterations that end early.
    if (this.#returned || this.#ended) {
      throw this.exchange.fail('host-return-once', 'the server called return() on an iteration that was over');
    }
    this.#returned = true;
    return this.iterator.return?.() ?? { done: true, value: undefined };
  }

  /** Ends the application's iterator after a violation, which the server sees as a failure of `next()`. */
  #abandon(): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    const answer: unknown = this.iterator.return?.();
    if (isThenable(answer)) {
      answer.then(undefined, () => undefined);
    }
  }
}
