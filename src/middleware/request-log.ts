import {
  checkChunk,
  isBodyless,
  isThenable,
  statusCode,
  checkStatus,
  toApplication,
  type Application,
  type Body,
  type Chunk,
  type Environ,
  type FinishReason,
} from '../spec';
import { countBody } from './counted-body';
import type { Inner } from './middleware';

export interface RequestLogOptions {
  /** Takes each line, without a line end; without a sink they go to `tsgi.errors`. */
  sink?: (line: string) => void;
  /** The time, for tests. */
  now?: () => Date;
}

/** What the client sees when an exchange ends like this before anything was sent. */
const STATUS_OF_REASON: Partial<Record<FinishReason, number>> = { error: 500, timeout: 504, shutdown: 503 };

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/**
 * Logs each request when its response is over, in the common log format:
 *
 *     127.0.0.1 - frank [10/Oct/2000:13:55:36 +0000] "GET /logo.png HTTP/1.1" 200 2326
 *
 * The last number is the bytes of the body that the application produced, `-` for none, and for a file that the server
 * sends by itself. Where the host has no `tsgi.on_finish` the line is written when the application has answered.
 */
export function requestLog(inner: Inner, options: RequestLogOptions = {}): Application {
  const application = toApplication(inner);
  const now = options.now ?? (() => new Date());

  return (environ, startResponse) => {
    const entry = new Entry(environ, now());
    const finish = (reason: FinishReason): void => {
      const line = entry.line(reason);
      if (options.sink !== undefined) {
        options.sink(line);
      } else {
        environ['tsgi.errors'].write(`${line}\n`);
      }
    };
    const onFinish = environ['tsgi.on_finish'];
    onFinish?.(finish);

    const answer = (body: Body): Body => {
      const counted = countBody(body, entry.count);
      if (onFinish === undefined) {
        finish('complete');
      }
      return counted;
    };
    const returned = application(environ, (status, headers, ...error) => {
      const write = startResponse(status, headers, ...error);
      entry.started(status);
      return (chunk) => {
        const accepted = write(chunk);
        entry.count(chunk);
        return accepted;
      };
    });
    return isThenable(returned) ? returned.then(answer) : answer(returned);
  };
}

/** What is known of one request, until it is logged. */
class Entry {
  readonly #environ: Environ;
  readonly #time: string;
  readonly #request: string;
  readonly #head: boolean;
  #status: number | undefined;
  #bytes = 0;

  constructor(environ: Environ, date: Date) {
    this.#environ = environ;
    this.#time = format(date);
    this.#request = escape(`${environ.REQUEST_METHOD} ${environ.REQUEST_URI} ${environ.SERVER_PROTOCOL}`);
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

  line(reason: FinishReason): string {
    const own = this.#bytes === 0 ? STATUS_OF_REASON[reason] : undefined;
    const status = own ?? this.#status ?? '-';
    const sent = this.#bytes > 0 && !this.#head && !(typeof status === 'number' && isBodyless(status));
    // The user may have been found out by middleware inside.
    const { REMOTE_ADDR: address = '-', REMOTE_USER: user = '-' } = this.#environ;
    return `${address} - ${escape(user)} [${this.#time}] "${this.#request}" ${status} ${sent ? this.#bytes : '-'}`;
  }
}

/** What a client sends must not be able to forge a line, nor to end a quoted field. */
function escape(text: string): string {
  return text.replace(/["\\\0-\x1f\x7f-\xff]/g, (byte) =>
    byte === '"' || byte === '\\' ? `\\${byte}` : `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function format(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
