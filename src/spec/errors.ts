/**
 * The codes of the errors that a TSGI server or `lint` raises. Programs decide by `error.code`, never by the text.
 *
 * | code | raised when |
 * |---|---|
 * | `TSGI_SPEC` | a rule of the specification was broken; `error.rule` names it |
 * | `TSGI_EXPIRED` | something of an exchange was used after that exchange had ended |
 * | `TSGI_CLIENT_GONE` | the client left while the application was reading or writing |
 * | `TSGI_BODY_TOO_LARGE` | the request body exceeds the server's limit; `error.status` is 413 |
 * | `TSGI_BODY_MALFORMED` | the request body's framing is broken; `error.status` is 400 |
 * | `TSGI_WRITE_LIMIT` | `write` was called so often without waiting that its backlog exceeds the server's limit |
 * | `TSGI_INPUT_BUSY` | a second consumer tried to read `tsgi.input` while the first had not finished |
 */
export type TsgiErrorCode =
  | 'TSGI_SPEC'
  | 'TSGI_EXPIRED'
  | 'TSGI_CLIENT_GONE'
  | 'TSGI_BODY_TOO_LARGE'
  | 'TSGI_BODY_MALFORMED'
  | 'TSGI_WRITE_LIMIT'
  | 'TSGI_INPUT_BUSY';

/** A broken rule: its stable id, and a sentence that says what is required and quotes what was found. */
export interface Violation {
  readonly rule: string;
  readonly message: string;
}

export interface TsgiErrorOptions {
  /** The id of the rule that was broken (with `TSGI_SPEC`). */
  rule?: string;
  /** The status that fits this failure, when there is one: an application may answer with it. */
  status?: number;
  cause?: unknown;
}

const STATUS_OF_CODE: Partial<Record<TsgiErrorCode, number>> = {
  TSGI_BODY_TOO_LARGE: 413,
  TSGI_BODY_MALFORMED: 400,
};

/** Every error that comes from TSGI itself. */
export class TsgiError extends Error {
  declare readonly code: TsgiErrorCode;
  declare readonly rule?: string;
  declare readonly status?: number;

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'TsgiError', configurable: true, writable: true });
  }

  constructor(code: TsgiErrorCode, message: string, options: TsgiErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.rule !== undefined) {
      this.rule = options.rule;
    }
    const status = options.status ?? STATUS_OF_CODE[code];
    if (status !== undefined) {
      this.status = status;
    }
  }

  /** The error for a broken rule; its message starts with the rule's id. */
  static of(violation: Violation): TsgiError {
    return new TsgiError('TSGI_SPEC', `${violation.rule}: ${violation.message}`, { rule: violation.rule });
  }

  /** Throws the error for a rule when a check has found it broken. */
  static check(violation: Violation | undefined): void {
    if (violation !== undefined) {
      throw TsgiError.of(violation);
    }
  }
}
