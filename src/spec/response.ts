import type { Violation } from './errors';
import { quote } from './quote';

/**
 * What became of a response so far.
 *
 *     idle ── startResponse ──▶ started ── first non-empty chunk, flush_headers ──▶ committed ── end ──▶ ended
 *                               │     ▲
 *                               └─────┘ startResponse with error
 *
 * From each state the exchange may also be ended early: by the client, by a failure, by the server.
 */
export type ResponseState = 'idle' | 'started' | 'committed' | 'ended';

/** Whether the third argument of `startResponse` says that something was thrown (Python's `exc_info`). */
export function hasError(error: unknown): boolean {
  return error !== undefined && error !== null;
}

/** Checks a call of `startResponse` against the state of the response; the arguments have checks of their own. */
export function checkStart(state: ResponseState, error: unknown): Violation | undefined {
  // @rule start-twice
  // A second call of `startResponse` MUST pass the `error` that made it necessary (PEP 3333, "The start_response()
  // Callable"). With it, and before the first non-empty chunk, the new status and headers replace the old ones.
  if (state !== 'idle' && !hasError(error)) {
    return { rule: 'start-twice', message: 'startResponse was called a second time without an error' };
  }
  return undefined;
}

/** Checks that `write` may still be called. */
export function checkWrite(pulled: boolean): Violation | undefined {
  // @rule write-late
  // `write` MUST NOT be called once the body was pulled for the first time: the order of the two could not be told
  // (PEP 3333, "The write() Callable").
  if (pulled) {
    return { rule: 'write-late', message: 'write was called after the server began to pull the body' };
  }
  return undefined;
}

/** Checks a chunk, of the body or of `write`. */
export function checkChunk(chunk: unknown): Violation | undefined {
  // @rule chunk-type
  // A chunk MUST be a string or a `Uint8Array` (a `Buffer` is one). A number, a promise, an `ArrayBuffer`, another
  // typed array or `null` is not a chunk.
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
    return undefined;
  }
  return {
    rule: 'chunk-type',
    message: `a chunk must be a string or a Uint8Array, not ${isThenable(chunk) ? 'a promise (await it first)' : quote(chunk)}`,
  };
}

/** Checks what the application returned, after a promise was awaited. */
export function checkBody(body: unknown): Violation | undefined {
  if (body === null || body === undefined) {
    return undefined;
  }
  // @rule body-bare
  // The body MUST NOT be a bare string, `Uint8Array` or other view of a buffer, although these are iterable: the one
  // would be sent a character at a time, the others yield numbers. An array of one chunk is meant.
  if (typeof body === 'string' || ArrayBuffer.isView(body)) {
    return { rule: 'body-bare', message: `the body must not be a bare chunk, wrap it in an array: [${quote(body)}]` };
  }
  // @rule body-iterable
  // The body MUST be an iterable or asynchronous iterable object, `null` or `undefined`. A function, a `Response` of
  // the Fetch standard or a promise inside a promise is not one.
  const candidate = body as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  if (
    typeof body !== 'object' ||
    (typeof candidate[Symbol.asyncIterator] !== 'function' && typeof candidate[Symbol.iterator] !== 'function')
  ) {
    return {
      rule: 'body-iterable',
      message: `the body must be an iterable or asynchronous iterable of chunks, not ${quote(body)}`,
    };
  }
  // @rule body-close
  // A body's `close`, when it has one, MUST be a function.
  const close: unknown = (body as { close?: unknown }).close;
  if (close !== undefined && close !== null && typeof close !== 'function') {
    return { rule: 'body-close', message: `the close of a body must be a function, not ${quote(close)}` };
  }
  return undefined;
}

/** Checks what the iterator method of a body returned. */
export function checkIterator(iterator: unknown): Violation | undefined {
  // @rule body-iterator
  // What the body's iterator method returns MUST be an object with the method `next`.
  if (
    typeof iterator === 'object' &&
    iterator !== null &&
    typeof (iterator as Partial<Iterator<unknown>>).next === 'function'
  ) {
    return undefined;
  }
  return { rule: 'body-iterator', message: `the iterator of a body must have next(), not be ${quote(iterator)}` };
}

/** Checks what the `next()` of a body gave, after the promise of an asynchronous one was awaited. */
export function checkResult(result: unknown): Violation | undefined {
  // @rule body-result
  // The result of `next()` MUST be an object `{ done, value }`; that of a synchronous iterator MUST NOT be a promise. An
  // asynchronous one may do without the promise, as in JavaScript's own protocol.
  if (typeof result === 'object' && result !== null && !isThenable(result)) {
    return undefined;
  }
  return { rule: 'body-result', message: `next() of a body must give { done, value }, not ${quote(result)}` };
}

/** Checks that the response was started when its first non-empty chunk, or its end, is there. */
export function checkStarted(state: ResponseState): Violation | undefined {
  // @rule body-before-start
  // `startResponse` MUST have been called before the first non-empty chunk, and before the end of the body. It may be
  // called as late as during the first steps of the body's iteration.
  if (state === 'idle') {
    return {
      rule: 'body-before-start',
      message: 'a chunk or the end of the body came before startResponse was called',
    };
  }
  return undefined;
}

/** Checks that `tsgi.flush_headers` may be called. */
export function checkFlush(state: ResponseState): Violation | undefined {
  // @rule flush-before-start
  // `tsgi.flush_headers` MUST NOT be called before `startResponse`. It commits the response; called again it does
  // nothing.
  if (state === 'idle') {
    return { rule: 'flush-before-start', message: 'tsgi.flush_headers was called before startResponse' };
  }
  return undefined;
}

/** Checks that `tsgi.early_hints` may be called; its headers have a check of their own. */
export function checkHints(state: ResponseState): Violation | undefined {
  // @rule hints-late
  // `tsgi.early_hints` MUST NOT be called once the response is committed. Before that it may be called several times;
  // its headers obey the rules of `startResponse`.
  if (state === 'committed') {
    return { rule: 'hints-late', message: 'tsgi.early_hints was called after the response was committed' };
  }
  return undefined;
}

/** Checks, at the end of a body, that `produced` bytes are all that was declared. */
export function checkLength(produced: number, declared: number): Violation | undefined {
  // @rule length-short
  // `write` and the body together MUST NOT produce fewer bytes than a declared `Content-Length`. The client must not
  // take the piece for the whole: it is a failure, 500 before commit and a reset after it.
  if (produced < declared) {
    return { rule: 'length-short', message: `${produced} bytes were produced, Content-Length is ${declared}` };
  }
  return undefined;
}

/** Whether a value has the one method that makes it a promise to `await`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  );
}
