import type { Environ, FinishReason } from '../spec';

/** What is known of a request when its response is over. */
export interface RequestLogEntry {
  /** As the application has left it. */
  readonly environ: Environ;
  /** The request line, a byte string of the client's own: not fit for a log as it is. */
  readonly request: string;
  /** When the request came. */
  readonly time: Date;
  readonly milliseconds: number;
  /** Undefined when no response was started, and the client has left. */
  readonly status: number | undefined;
  /** Bytes of the body that the application produced and that may be sent; a file that the server sends is not counted. */
  readonly bytes: number;
  readonly reason: FinishReason;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** The common log format. */
export function commonLine({ environ, request, time, status, bytes }: RequestLogEntry): string {
  // The user may have been found out by middleware inside.
  const { REMOTE_ADDR: address = '-', REMOTE_USER: user = '-' } = environ;
  const sent = bytes > 0 ? bytes : '-';
  return `${address} - ${escape(user)} [${date(time)}] "${escape(request)}" ${status ?? '-'} ${sent}`;
}

/** The common log format with the fields `Referer` and `User-Agent` behind it. */
export function combinedLine(entry: RequestLogEntry): string {
  const field = (name: string): string => `"${escape(String(entry.environ[name] ?? '-'))}"`;
  return `${commonLine(entry)} ${field('HTTP_REFERER')} ${field('HTTP_USER_AGENT')}`;
}

/** What a client sends must not be able to forge a line, nor to end a quoted field. */
function escape(text: string): string {
  return text.replace(/["\\\0-\x1f\x7f-\xff]/g, (byte) =>
    byte === '"' || byte === '\\' ? `\\${byte}` : `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function date(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(time.getUTCDate())}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  return `${day}:${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`;
}
