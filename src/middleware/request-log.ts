import {
  checkChunk,
  checkStatus,
  isBodyless,
  isThenable,
  statusCode,
  toApplication,
  type Application,
  type Body,
  type Chunk,
  type Environ,
  type FinishReason,
} from '../spec';
import { countBody } from './counted-body';
import { combinedLine, commonLine, type RequestLogEntry } from './log-line';
import type { Inner } from './middleware';

export interface RequestLogOptions {
  /**
   * What a line is like: that of the common log format, the combined one with `Referer` and `User-Agent`, or what a
   * function makes of the entry. `common` unless told.
   */
  format?: 'common' | 'combined' | ((entry: RequestLogEntry) => string);
  /** Takes each line, without a line end; without a sink they go to `tsgi.errors`. */
  sink?: (line: string) => void;
  /** The time, for tests. */
  now?: () => Date;
}

/** What the client sees when an exchange ends like this before anything was sent. */
const STATUS_OF_REASON: Partial<Record<FinishReason, number>> = { error: 500, timeout: 504, shutdown: 503 };

/**
 * Logs each request when its response is over, in the common log format unless told otherwise:
 *
 *     127.0.0.1 - frank [10/Oct/2000:13:55:36 +0000] "GET /logo.png HTTP/1.1" 200 2326
 *
 * The last number is the bytes of the body that the application produced, `-` for none, and for a file that the server
 * sends by itself. Where the host has no `tsgi.on_finish` the line is written when the application has answered.
 */
export function requestLog(inner: Inner, options: RequestLogOptions = {}): Application {
  const application = toApplication(inner);
  const now = options.now ?? (() => new Date());
  const lineOf = formatOf(options.format ?? 'common');

  return (environ, startResponse) => {
    const request = new LoggedRequest(environ, now());
    const finish = (reason: FinishReason): void => {
      const line = lineOf(request.entry(reason, now()));
      if (options.sink !== undefined) {
        options.sink(line);
      } else {
        environ['tsgi.errors'].write(`${line}\n`);
      }
    };
    const onFinish = environ['tsgi.on_finish'];
    onFinish?.(finish);
    const answered = onFinish === undefined ? finish : () => undefined;

    const answer = (body: Body): Body => {
      const counted = countBody(body, request.count);
      answered('complete');
      return counted;
    };
    const fail = (error: unknown): never => {
      answered('error');
      throw error;
    };
    try {
      const returned = application(environ, (status, headers, ...error) => {
        const write = startResponse(status, headers, ...error);
        request.started(status);
        return (chunk) => {
          const accepted = write(chunk);
          request.count(chunk);
          return accepted;
        };
      });
      return isThenable(returned) ? returned.then(answer, fail) : answer(returned);
    } catch (error) {
      return fail(error);
    }
  };
}

function formatOf(format: NonNullable<RequestLogOptions['format']>): (entry: RequestLogEntry) => string {
  return typeof format === 'function' ? format : format === 'combined' ? combinedLine : commonLine;
}

/** What is known of one request, until it is logged. */
class LoggedRequest {
  readonly #environ: Environ;
  readonly #time: Date;
  readonly #request: string;
  readonly #head: boolean;
  #status: number | undefined;
  #bytes = 0;

  constructor(environ: Environ, time: Date) {
    this.#environ = environ;
    this.#time = time;
    this.#request = `${environ.REQUEST_METHOD} ${environ.REQUEST_URI} ${environ.SERVER_PROTOCOL}`;
    this.#head = environ.REQUEST_METHOD === 'HEAD';
  }

  started(status: string): void {
    this.#status = checkStatus(status) === undefined ? statusCode(status) : undefined;
  }

  readonly count = (chunk: Chunk): void => {
    if (checkChunk(chunk) === undefined) {
      this.#bytes += Buffer.byteLength(chunk);
    }
  };

  entry(reason: FinishReason, now: Date): RequestLogEntry {
    const own = this.#bytes === 0 ? STATUS_OF_REASON[reason] : undefined;
    const status = own ?? this.#status;
    const isSent = !this.#head && !(status !== undefined && isBodyless(status));
    return {
      environ: this.#environ,
      request: this.#request,
      time: this.#time,
      milliseconds: now.getTime() - this.#time.getTime(),
      status,
      bytes: isSent ? this.#bytes : 0,
      reason,
    };
  }
}
