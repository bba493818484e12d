import { isThenable, type Body, type FinishReason } from '../spec';
import type { Exchange, ExchangeOwner } from './exchange';
import { Tags } from './log-tags';
import { describeError, report } from './report';

export type FinishCallback = (reason: FinishReason) => void;

/** What is left to be done when an exchange has ended. */
export interface Closing {
  readonly body: Body;
  /** The iteration to return, when the exchange ended early and had begun one. */
  readonly iteration: { abandon(): unknown } | undefined;
  /** The body was not iterated to its end. */
  readonly early: boolean;
  readonly finish: readonly FinishCallback[] | undefined;
  readonly reason: FinishReason;
}

/**
 * Closes the body of an exchange that has ended: `return()`, whose promise is not waited for, then `close()`, then, when
 * that has settled, the callbacks of `on_finish`. Each exactly once; what they throw is logged.
 */
export function closeBody(exchange: Exchange, owner: ExchangeOwner, closing: Closing): void {
  const { iteration, body } = closing;
  if (iteration === undefined && closing.finish === undefined && isPlain(body)) {
    return; // as most are
  }
  if (iteration !== undefined) {
    void attempt(exchange, owner, 'return() of the body', () => iteration.abandon());
  }
  const finish = (): void => {
    callFinish(exchange, owner, closing);
  };
  if (body === null || body === undefined) {
    finish();
    return;
  }
  const settled = attempt(exchange, owner, 'close() of the body', () =>
    closing.early ? callCloseEarly(body) : callClose(body),
  );
  if (settled === undefined) {
    finish();
  } else {
    const done = owner.closing();
    void settled.then(() => {
      finish();
      done();
    });
  }
}

/** Closes a body that came when its exchange had ended; it is not iterated. */
export function discardBody(exchange: Exchange, owner: ExchangeOwner, body: unknown): void {
  if (typeof body === 'object' && body !== null) {
    void attempt(exchange, owner, 'close() of the body', () => callCloseEarly(body));
  }
}

/** Whether a body certainly has no `close`. */
function isPlain(body: Body): boolean {
  return body === null || body === undefined || (Array.isArray(body) && !('close' in body));
}

function callClose(body: object): unknown {
  const close: unknown = (body as { close?: unknown }).close;
  return typeof close === 'function' ? close.call(body) : undefined;
}

/**
 * Of a body that was not read to its end. If it is a stream of Node it is destroyed: its iterator's `return()` does nothing
 * before the first `next()`, and waits for one that is pending. Who would have heard of its errors is gone, and they
 * would end the isolate.
 */
function callCloseEarly(body: object): unknown {
  const { destroy, on } = body as { destroy?: unknown; on?: unknown };
  if (typeof destroy !== 'function' || typeof on !== 'function') {
    return callClose(body);
  }
  on.call(body, 'error', () => undefined);
  const answer = callClose(body);
  destroy.call(body);
  return answer;
}

function callFinish(exchange: Exchange, owner: ExchangeOwner, closing: Closing): void {
  for (const callback of closing.finish ?? []) {
    void attempt(exchange, owner, 'a callback of tsgi.on_finish', () => callback(closing.reason) as unknown);
  }
}

/**
 * Makes one call of the application. A promise that it gives counts as unsettled until it settles: the returned promise
 * tells when and never rejects. Undefined: there is nothing to wait for.
 */
function attempt(
  exchange: Exchange,
  owner: ExchangeOwner,
  what: string,
  call: () => unknown,
): Promise<void> | undefined {
  const failed = (error: unknown): void => {
    report(exchange.binding, exchange, Tags.ClosingFailed, `${what} failed: ${describeError(error)}`);
  };
  try {
    const answer = call();
    if (!isThenable(answer)) {
      return undefined;
    }
    const done = owner.closing();
    return Promise.resolve(answer).then(
      () => {
        done();
      },
      (error: unknown) => {
        failed(error);
        done();
      },
    );
  } catch (error) {
    failed(error);
    return undefined;
  }
}
