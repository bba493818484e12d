/**
 * What the adapter has to know of Node's own HTTP classes beyond their documented surface, all of it: each line here has
 * a test of its own in `test/adapters/node-internals.test.ts`, which runs on every Node that is tried.
 *
 * The way of a response in Node 18 to 24, and where the adapter stands in it:
 *
 *     res.writeHead ──▶ res._storeHeader(first line, fields)   own property: the head goes to startResponse
 *     res.write, end ─▶ res.socket.write(chunk, encoding, callback)        the socket is ours: chunks arrive here
 *     res.end ────────▶ res._finish()                          own property: all was said
 *     req.read ───────▶ req._read ──▶ req.socket.resume()      the socket is ours: the body is wanted
 *
 * Own properties and the socket survive `Object.setPrototypeOf(res, …)`, which Express does to both objects.
 */
import { IncomingMessage, OutgoingMessage, ServerResponse, type Server } from 'node:http';

/** The undocumented part of a response that is used here. */
export interface ResponseInternals {
  /** The head as text once it was written, else null: what `headersSent` looks at. */
  _header: string | null;
  /** Whether Node has put the head before a chunk already. */
  _headerSent: boolean;
  _contentLength: number | null;
  _hasBody: boolean;
  _removedContLen: boolean;
  _expect_continue: boolean;
  _closed: boolean;
  _storeHeader(firstLine: string, fields: unknown): void;
  _finish(): void;
  finished: boolean;
  destroyed: boolean;
  chunkedEncoding: boolean;
  socket: unknown;
}

/** The undocumented part of a request that is used here. */
export interface RequestInternals {
  /** Whether somebody has begun to read. */
  _consuming: boolean;
  _dumped: boolean;
  joinDuplicateHeaders: boolean;
  _addHeaderLines(rawHeaders: readonly string[], length: number): void;
  /** Throws away what is left of the body. */
  _dump(): void;
  _readableState: Record<'ended' | 'endEmitted' | 'destroyed' | 'closed' | 'closeEmitted', boolean>;
}

const responseProbe = new OutgoingMessage();
const NEED_DRAIN = symbolOf(responseProbe, 'kNeedDrain');
const OUT_HEADERS = symbolOf(responseProbe, 'kOutHeaders');

/** The symbol of an object that has this description. */
function symbolOf(object: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description);
}

/** Whether the fields that `_storeHeader` got are those that `setHeader` has stored. */
export function isStored(res: ServerResponse, fields: unknown): boolean {
  return (
    OUT_HEADERS !== undefined &&
    fields !== null &&
    fields !== undefined &&
    (res as unknown as Record<symbol, unknown>)[OUT_HEADERS] === fields
  );
}

/** Whether the writer was told to wait; it is told no more after this. */
export function takeNeedDrain(res: ServerResponse): boolean {
  if (!res.writableNeedDrain) {
    return false;
  }
  if (NEED_DRAIN !== undefined) {
    (res as unknown as Record<symbol, boolean>)[NEED_DRAIN] = false;
  }
  return true;
}

/** Says that the response is over; `close` is emitted once. */
export function closeResponse(res: ServerResponse): void {
  const internals = res as unknown as ResponseInternals;
  if (!internals._closed) {
    internals.destroyed = true;
    internals._closed = true;
    res.emit('close');
  }
}

/** What Node does to a request that nobody has read and nobody listens to, when its response is over. */
export function closeUnread(req: IncomingMessage): void {
  const internals = req as unknown as RequestInternals;
  const state = internals._readableState;
  req.complete = true;
  internals._dumped = true;
  state.ended = true;
  state.endEmitted = true;
  state.destroyed = true;
  state.closed = true;
  state.closeEmitted = true;
}

/** The classes that a server was created with (`http.createServer({ IncomingMessage, ServerResponse })`). */
export interface MessageClasses {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: new (
    req: IncomingMessage,
    options?: { readonly rejectNonStandardBodyWrites?: boolean },
  ) => ServerResponse;
}

export function messageClassesOf(server: Server | undefined): MessageClasses {
  const own = (name: string): unknown => {
    const symbol = server && symbolOf(server, name);
    return symbol && (server as unknown as Record<symbol, unknown>)[symbol];
  };
  return {
    IncomingMessage: (own('IncomingMessage') as typeof IncomingMessage | undefined) ?? IncomingMessage,
    ServerResponse: (own('ServerResponse') as MessageClasses['ServerResponse'] | undefined) ?? ServerResponse,
  };
}
