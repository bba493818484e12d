/** A `Response` of the Fetch standard as TSGI has it. */
import { STATUS_CODES } from 'node:http';
import type { Body, Headers } from '../spec';
import { isServerOwned } from './server-owned';

/** Whether a value is a `Response`, of this realm or of a library. */
export function isResponse(value: unknown): value is Response {
  const response = value as Partial<Response> | null | undefined;
  return (
    typeof response === 'object' &&
    response !== null &&
    typeof response.status === 'number' &&
    typeof response.headers?.[Symbol.iterator] === 'function'
  );
}

/** The first argument of `startResponse`. */
export function statusOf(response: Response): string {
  return `${response.status} ${response.statusText || STATUS_CODES[response.status] || 'Unknown'}`;
}

/** The second argument of `startResponse`: each cookie is a field of its own. */
export function headersOf(response: Response): Headers {
  const headers: Headers = [];
  response.headers.forEach((value, name) => {
    if (name !== 'set-cookie' && !isServerOwned(name)) {
      headers.push([name, value]);
    }
  });
  for (const cookie of response.headers.getSetCookie()) {
    headers.push(['set-cookie', cookie]);
  }
  return headers;
}

/** The body: an array where it is known as a whole, so that the server can tell its length, else the stream. */
export function bodyOf(response: Response): Body {
  const { body } = response;
  if (body === null) {
    return [];
  }
  const whole = response.bodyUsed || body.locked ? undefined : sourceOf(response);
  return whole === undefined ? (body as unknown as AsyncIterable<Uint8Array>) : [whole];
}

let STATE: symbol | undefined;

/** What the body was made of, if that was a string or bytes: Node keeps it beside the stream, in some versions in sight. */
function sourceOf(response: Response): string | Uint8Array | undefined {
  STATE ??= Object.getOwnPropertySymbols(response).find((symbol) => symbol.description === 'state');
  const state = STATE && (response as unknown as Record<symbol, { body?: { source?: unknown } } | undefined>)[STATE];
  const source = state?.body?.source;
  return typeof source === 'string' || source instanceof Uint8Array ? source : undefined;
}
