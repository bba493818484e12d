import { checkChunk, checkIterator, checkResult, TsgiError, type Chunk } from '../spec';
import type { Exchange } from './exchange';

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/**
 * The iteration of one body: pulls a chunk, hands it to the response, and pulls the next when the response has room.
 *
 * Made when the body is first pulled; owned by its exchange; ended by the iterator, or by `abandon` when the exchange
 * ends early. There is never more than one `next()` outstanding.
 */
export class Pump {
  /**
   *     idle ── next() ──▶ waiting ── chunk ──▶ idle …
   *                           └── done, or next() failed ──▶ over ◀── abandon (from every state)
   *
   * Synchronous iterators are never seen waiting.
   */
  #state: 'idle' | 'waiting' | 'over' = 'idle';
  /** Whether a synchronous iterator is inside its `next()`. */
  #running = false;
  /** What waits until it comes back from there. */
  #afterNext: (() => void) | undefined;
  /** The declared length is reached and END was sent: the last `next()` tells whether the body is at its end too. */
  #sufficed = false;
  readonly #onResult: (result: unknown) => void;
  readonly #onFailure: (error: unknown) => void;

  private constructor(
    private readonly exchange: Exchange,
    private readonly iterator: AnyIterator,
    private readonly asynchronous: boolean,
  ) {
    this.#onResult = (result) => {
      this.#arrived(result);
    };
    this.#onFailure = (error) => {
      this.#failed(error);
    };
  }

  /** Begins the iteration of a body; throws what its iterator method throws. */
  static of(exchange: Exchange, body: Iterable<unknown> | AsyncIterable<unknown>): Pump {
    const candidate = body as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
    const asynchronous = typeof candidate[Symbol.asyncIterator] === 'function';
    const iterator: unknown = asynchronous ? candidate[Symbol.asyncIterator]?.() : candidate[Symbol.iterator]?.();
    TsgiError.check(checkIterator(iterator));
    return new Pump(exchange, iterator as AnyIterator, asynchronous);
  }

  /** Pulls until the body is over, or something has to be waited for. */
  advance(): void {
    while (this.#state === 'idle' && !this.exchange.ended) {
      if (!this.asynchronous) {
        if (!this.#step()) {
          return;
        }
        continue;
      }
      this.#state = 'waiting';
      try {
        Promise.resolve(this.iterator.next()).then(this.#onResult, this.#onFailure);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  /**
   * Runs `then` when `return()` may be called: at once, but for a synchronous iterator whose own `next()` has just ended
   * the exchange. A generator cannot be returned while it runs.
   */
  whenReturnable(then: () => void): void {
    if (this.#running) {
      this.#afterNext = then;
    } else {
      then();
    }
  }

  /**
   * The exchange has ended early: `return()` is called at once, whatever is pending. Its promise is returned, if it
   * gives one; throws what it throws. Does nothing when the iteration is over.
   */
  abandon(): unknown {
    if (this.#state === 'over') {
      return undefined;
    }
    this.#state = 'over';
    return this.iterator.return?.();
  }

  /** Pulls once from a synchronous iterator. True: the next one may be pulled now. */
  #step(): boolean {
    let result: unknown;
    this.#running = true;
    try {
      result = this.iterator.next();
    } catch (error) {
      this.#running = false;
      this.#failed(error);
      this.#comeBack();
      return false;
    }
    this.#running = false;
    if (this.exchange.ended) {
      if (isDone(result)) {
        this.#state = 'over';
      }
      this.#comeBack();
      return false;
    }
    return this.#accept(result);
  }

  #comeBack(): void {
    const then = this.#afterNext;
    this.#afterNext = undefined;
    then?.();
  }

  /** The promise of `next()` was fulfilled. */
  #arrived(result: unknown): void {
    if (this.#sufficed) {
      this.#last(result);
    } else if (this.#state === 'waiting' && !this.exchange.ended) {
      this.#state = 'idle';
      if (this.#accept(result)) {
        this.advance();
      }
    }
  }

  #failed(error: unknown): void {
    const abandoned = this.#state === 'over';
    this.#state = 'over';
    this.exchange.fail(error);
    if (this.#sufficed && !abandoned) {
      this.exchange.close(false);
    }
  }

  /** Sends what `next()` gave. True: the next one may be pulled now. */
  #accept(result: unknown): boolean {
    const { exchange } = this;
    let chunk: unknown;
    try {
      TsgiError.check(checkResult(result));
      const value = result as IteratorResult<unknown>;
      if (value.done === true) {
        this.#state = 'over';
        exchange.finish();
        return false;
      }
      chunk = value.value;
      TsgiError.check(checkChunk(chunk));
    } catch (error) {
      exchange.fail(error);
      return false;
    }
    return (chunk as Chunk).length === 0 || this.#send(chunk as Chunk);
  }

  #send(chunk: Chunk): boolean {
    const { exchange } = this;
    const { response } = exchange;
    if (response.bodyless && response.state !== 'idle') {
      if (response.state === 'committed' || response.commit(-1)) {
        exchange.suffice(true);
      }
      return false;
    }
    if (response.push(chunk)) {
      return this.#more();
    }
    if (!exchange.ended) {
      exchange.waitFor(() => {
        if (this.#more()) {
          this.advance();
        }
      });
    }
    return false;
  }

  /** A chunk is inside the window. Whether the body may go on. */
  #more(): boolean {
    const { exchange } = this;
    if (exchange.response.remaining !== 0) {
      return true;
    }
    if (exchange.response.excess) {
      exchange.suffice(true);
    } else {
      exchange.suffice(false);
      this.#lookBeyond();
    }
    return false;
  }

  /**
   * All that was declared is on its way and END was sent. One more `next()` tells a body that has come to its natural
   * end from one that goes on; an asynchronous one is given until the end of this turn of the loop to say so.
   */
  #lookBeyond(): void {
    this.#sufficed = true;
    let result: unknown;
    try {
      result = this.iterator.next();
    } catch (error) {
      this.#failed(error);
      return;
    }
    if (!this.asynchronous) {
      this.#last(result);
      return;
    }
    this.#state = 'waiting';
    Promise.resolve(result).then(this.#onResult, this.#onFailure);
    const settled = this.exchange.closing();
    setImmediate(() => {
      if (this.#state === 'waiting') {
        this.exchange.close(true);
      }
      settled();
    });
  }

  #last(result: unknown): void {
    const abandoned = this.#state === 'over';
    const done = isDone(result);
    if (!done && (result as { value?: { length?: unknown } } | undefined)?.value?.length !== 0) {
      this.exchange.response.reportExcess();
    }
    if (abandoned) {
      return;
    }
    this.#state = done ? 'over' : 'idle';
    this.exchange.close(!done);
  }
}

function isDone(result: unknown): boolean {
  return (result as { done?: unknown } | null | undefined)?.done === true;
}
