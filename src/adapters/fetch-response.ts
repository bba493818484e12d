/** A `Response` of the Fetch standard as TSGI has it. */
import { STATUS_CODES } from 'node:http';
import type { Body, Headers } from '../spec';
import { splitCookies } from '../spec/headers';
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
  for (const cookie of cookiesOf(response.headers)) {
    headers.push(['set-cookie', cookie]);
  }
  return headers;
}

/** The Fetch of Debian's Node 18 has no `getSetCookie`, and joins cookies by commas. */
function cookiesOf(headers: globalThis.Headers): string[] {
  const { getSetCookie } = headers as Partial<Pick<globalThis.Headers, 'getSetCookie'>>;
  if (getSetCookie !== undefined) {
    return getSetCookie.call(headers);
  }
  return splitCookies(headers.get('set-cookie'));
}

/** The body: an array where it is known as a whole, so that the server can tell its length, else a stream. */
export async function bodyOf(response: Response): Promise<Body> {
  const { body } = response;
  if (body === null) {
    return [];
  }
  const whole = response.bodyUsed || body.locked ? undefined : sourceOf(response);
  return whole === undefined ? wholeOrStream(body as unknown as ReadableStream<Uint8Array>) : [whole];
}

type ReadResult = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>;

/** Microtasks in which a stream that is made of one string has said that it is over. */
const PATIENCE = 8;

/** An array of the one chunk, if the end follows it without any input or output; else all chunks as they come. */
async function wholeOrStream(stream: ReadableStream<Uint8Array>): Promise<Body> {
  const reader = stream.getReader();
  const first = await reader.read();
  if (first.done) {
    return [];
  }
  let second: ReadResult | undefined;
  const next = reader.read();
  next.then(
    (result) => {
      second = result;
    },
    () => undefined, // whoever iterates gets it
  );
  for (let turn = 0; turn < PATIENCE && second === undefined; turn++) {
    await Promise.resolve();
  }
  return second?.done === true ? [first.value] : new ReadStream(reader, [Promise.resolve(first), next]);
}

/** What is left of a stream after some reads. */
class ReadStream implements AsyncIterable<Uint8Array> {
  constructor(
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
    private readonly reads: Array<Promise<ReadResult>>,
  ) {}

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: async () => {
        const { done, value } = await (this.reads.shift() ?? this.reader.read());
        return done ? { done: true, value: undefined } : { done: false, value };
      },
      return: async () => {
        await this.reader.cancel();
        return { done: true, value: undefined };
      },
    };
  }
}

let STATE: symbol | undefined;

/** What the body was made of, if that was a string or bytes: Node keeps it beside the stream, in some versions in sight. */
function sourceOf(response: Response): string | Uint8Array | undefined {
  STATE ??= Object.getOwnPropertySymbols(response).find((symbol) => symbol.description === 'state');
  const state = STATE && (response as unknown as Record<symbol, { body?: { source?: unknown } } | undefined>)[STATE];
  const source = state?.body?.source;
  return typeof source === 'string' || source instanceof Uint8Array ? source : undefined;
}
