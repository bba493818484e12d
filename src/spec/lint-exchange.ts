import { TsgiError, type Violation } from './errors';
import { checkLength, type ResponseState } from './response';
import { isBodyless } from './status';
import type { Chunk } from './types';

/** Called with every violation, also with those that the guilty party catches. */
export type OnViolation = (error: TsgiError) => void;

/**
 * What the validator knows about one exchange: made when the application is called, shared by everything that is
 * wrapped for it, and told the end by `tsgi.on_finish` where the server has that.
 */
export class LintExchange {
  state: ResponseState = 'idle';
  /** Whether the body was pulled: `write` is over then. */
  pulled = false;
  /** Whether something was handed to `write` before. */
  written = false;
  /** The number of the status. */
  code = 0;
  declared: number | undefined;
  /** Bytes that count to the declared length. */
  sent = 0;
  /** Whether the server has said that the exchange is at its end: from then on it refuses every call. */
  finished = false;
  /** What the server has to close, once the application has returned it. */
  body: { readonly open: boolean } | undefined;

  #excess: TsgiError | undefined;
  #late: TsgiError | undefined;

  constructor(
    readonly head: boolean,
    private readonly signal: AbortSignal | undefined,
    private readonly onViolation: OnViolation | undefined,
  ) {}

  /** Whether calls are to fail with `TSGI_EXPIRED` now, which comes before any other rule about them. */
  get over(): boolean {
    return this.finished || this.signal?.aborted === true;
  }

  /** Whether the response has no content whatever the application yields. */
  get bodyless(): boolean {
    return this.head || isBodyless(this.code);
  }

  /** Reports a broken rule and returns the error to throw. */
  fail(rule: string, message: string): TsgiError {
    return this.report({ rule, message });
  }

  /** Reports a violation that one of the pure checks has found, and throws it. */
  require(violation: Violation | undefined): void {
    if (violation !== undefined) {
      throw this.report(violation);
    }
  }

  /** Counts a chunk that goes to the server. */
  count(chunk: Chunk): void {
    if (chunk.length === 0) {
      return;
    }
    this.state = 'committed';
    if (this.declared === undefined || this.bodyless) {
      return;
    }
    this.sent += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength;
    if (this.sent > this.declared) {
      // @rule length-excess
      // `write` and the body together MUST NOT produce more bytes than a declared `Content-Length`. The server cuts and
      // logs the excess, so that the client has a whole response; `lint` therefore reports it and lets the chunk pass,
      // and throws only when the server pulls the body once more after an excess of the body.
      this.#excess ??= this.fail(
        'length-excess',
        `${this.sent} bytes were produced, Content-Length is ${this.declared}`,
      );
      this.#late = this.pulled ? this.#excess : undefined;
    }
  }

  /** Checks that what was produced, and `more` that is at hand, is all that was declared. */
  complete(more = 0): void {
    if (this.declared !== undefined && !this.bodyless) {
      this.require(checkLength(this.sent + more, this.declared));
    }
  }

  /** The server says that the exchange is at its end. */
  finish(): void {
    this.finished = true;
    // @rule host-not-closed
    // A body that the server has begun to iterate MUST have been closed when the callbacks of `tsgi.on_finish` run.
    if (this.body?.open === true) {
      throw this.fail('host-not-closed', 'the exchange finished and the body was not closed');
    }
  }

  /** The error for something that the server should have refused. */
  expired(name: string): TsgiError {
    // @rule host-expired
    // After the end of the exchange every call of `startResponse`, `write`, `tsgi.flush_headers`, `tsgi.early_hints`,
    // `tsgi.on_finish` and `tsgi.input` MUST fail with `TSGI_EXPIRED` (those that return a promise reject with it).
    // `tsgi.errors` alone remains usable.
    return this.fail('host-expired', `the server let ${name} be used after the end of the exchange`);
  }

  /** The violation that had to wait for the next pull. */
  get late(): TsgiError | undefined {
    return this.#late;
  }

  private report(violation: Violation): TsgiError {
    const error = TsgiError.of(violation);
    this.onViolation?.(error);
    return error;
  }
}
