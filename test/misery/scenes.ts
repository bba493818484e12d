/** Requests that between them bring every message of native/core/order.c. */
import type { RequestBytes } from '../support/http1';

export interface Scene {
  name: string;
  request: RequestBytes;
  /** What a response must be that calls itself complete. */
  body?: string | ((body: Buffer) => boolean);
  /** The response is more than the window: its END waits for a client that reads. */
  waits?: true;
}

const large = 'x'.repeat(100_000);

export const scenes: readonly Scene[] = [
  { name: 'a whole response at once', request: { target: '/app/array' }, body: 'one two three' },
  { name: 'no body', request: { target: '/app/array', method: 'HEAD' }, body: '' },
  { name: 'a response in pieces', request: { target: '/app/stream' }, body: 'one two three' },
  { name: 'more than a window', request: { target: '/narrow/large' }, body: large, waits: true },
  { name: 'a file', request: { target: '/app/file' }, body: (body) => body.includes('application = stage') },
  { name: 'early hints', request: { target: '/app/hints' }, body: 'hinted' },
  { name: 'a line for the log', request: { target: '/app/logs' }, body: 'logged' },
  { name: 'a line for the log, late', request: { target: '/app/logs-late' }, body: 'begun, logged' },
  { name: 'an application that fails', request: { target: '/app/fails' } },
  { name: 'an application that fails late', request: { target: '/app/fails-late' } },
  { name: 'a small body', request: { target: '/app/echo', body: 'small' }, body: 'small' },
  { name: 'a large body', request: { target: '/app/echo', body: large }, body: large },
  { name: 'a streamed body', request: { target: '/streamed/echo', body: large }, body: large, waits: true },
  { name: 'a body in chunks', request: { target: '/streamed/echo', chunks: ['one', 'two'] }, body: 'onetwo' },
  { name: 'a body that is not read', request: { target: '/streamed/array', body: large }, body: 'one two three' },
];
