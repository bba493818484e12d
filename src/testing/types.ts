import type { Application, ApplicationObject, Headers } from '../spec';

/** How a mock host behaves. Everything has a default. */
export interface MockOptions {
  /** Put the validator around each application, and let `host.violations` collect what it finds. On unless told. */
  lint?: boolean;
  /** Credit window in bytes, per direction (`tsgi_buffer_size`); 256 KiB unless told. */
  window?: number;
  /** What `write` may hold back, in bytes (`tsgi_write_limit`); 64 MiB unless told. */
  writeLimit?: number;
  /** Request bodies are streamed: the first read opens the window (`tsgi_request_buffering off`). */
  streamed?: boolean;
  /** What `binding.host` says; false, false, true and true unless told. */
  multithread?: boolean;
  multiprocess?: boolean;
  earlyHints?: boolean;
  sendfile?: boolean;
}

/** Something the mock can load: an application, or a module that has one. */
export type MockApplication = Application | ApplicationObject | MockModule;

/** A module as the loader sees it: the application with the optional functions around it. */
export interface MockModule {
  application: Application | ApplicationObject;
  init?(): void | Promise<void>;
  close?(): void | Promise<void>;
}

export type MockBody = string | Uint8Array | Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/** A request as its client sends it. */
export interface MockRequest {
  /** Which of several applications; the first unless told. */
  app?: string;
  /** `GET` unless told. */
  method?: string;
  /** The request target as on the wire: path (percent-encoded) and query; `/` unless told. */
  path?: string;
  /** The mount, with or without a slash at its end; the root unless told. */
  mount?: string;
  /** The effective path, decoded, where a rewrite made it differ from `path`. */
  effectivePath?: string;
  /** Fields in order. `Host` is added when there is none. */
  headers?: Headers | Record<string, string>;
  /**
   * The request body. A string or `Uint8Array` gets a `Content-Length` (unless one is there); an iterable arrives
   * chunk by chunk, as far as the window allows, and counts as chunked.
   */
  body?: MockBody;
  /** How the body ends: 0 completely, else the status that says why not (400, 408, 413). */
  bodyEnd?: number;
  /** Overrides `MockOptions.streamed`. */
  streamed?: boolean;
  /** A sub-request, or an error page: the input is empty, whatever the request had. */
  noBody?: boolean;
  /** The application sees GET, but the response is one to HEAD (`tsgi_map_head_to_get`). */
  headToGet?: boolean;
  /** `Authorization` is hidden from the application (`tsgi_pass_authorization off`). */
  hideAuthorization?: boolean;
  protocol?: string;
  scheme?: 'http' | 'https';
  /** What the administrator adds to environ. */
  params?: Record<string, string>;
  /**
   * `auto`: the client takes everything as it comes. `manual`: credit comes back by `exchange.credit()` alone.
   */
  credit?: 'auto' | 'manual';
}

/** One 103. */
export interface MockInform {
  status: number;
  headers: Headers;
}

/** The head of a response. */
export interface MockHead {
  /** The status; that of the server's own page when the exchange failed before the response was committed. */
  status: number;
  reason: string;
  headers: Headers;
  /** The length that the head declared, by a field or by the server's knowledge; undefined is unknown. */
  contentLength: number | undefined;
  /** True for the server's own page: the exchange failed before the application's head was sent. */
  page: boolean;
  /** The value of the first field of that name (any case); undefined when there is none. */
  header(name: string): string | undefined;
}

/** What the client got. */
export interface MockResponse extends MockHead {
  /** The bytes of the body that arrived. */
  body: Uint8Array;
  /** The body as UTF-8. */
  text: string;
  /** False: the response broke off in a way that the client can tell. */
  complete: boolean;
  informs: MockInform[];
  /** How the bytes arrived: one entry for each DATA or FILE. */
  chunks: Uint8Array[];
  /** Records of the error log that belong to this exchange. */
  log: LogRecord[];
}

/** One line, or several, in the error log. */
export interface LogRecord {
  /** A value of `Level` (`src/server/binding.ts`). */
  level: number;
  /** The number of `TSGInnnn`; 0 is the application's own output. */
  tag: number;
  text: string;
  /** The exchange's number, counted from 1 by this host; 0 is outside any request. */
  exchange: number;
  /** Name of the application; undefined is no application in particular. */
  app: string | undefined;
}

/** Why the host cuts an exchange. */
export type MockAbort = 'client' | 'timeout' | 'stop';

/** An exchange under the control of a test: what `host.open` returns. */
export interface MockExchange {
  /** Counted from 1 by the host. */
  readonly number: number;
  /** Resolves with the head when START (or an END that failed) was sent. */
  readonly head: Promise<MockHead>;
  /** Resolves when the exchange has ended, by END or by `abort`. Never rejects. */
  readonly response: Promise<MockResponse>;
  /** Whether END or ABORT has passed. */
  readonly ended: boolean;
  /** Interim responses by now. */
  readonly informs: readonly MockInform[];
  /** The body by now. */
  readonly body: Uint8Array;
  /** Its size in bytes. */
  readonly received: number;
  /** Bytes sent and not yet credited back. */
  readonly outstanding: number;
  /** Bytes of request body that the runtime takes now: opened window less what was sent. */
  readonly wanted: number;
  /** Resolves when at least so many body bytes have arrived, or the exchange has ended. */
  receivedAtLeast(bytes: number): Promise<void>;
  /** Resolves when at least so many bytes of request body are wanted, or the exchange has ended. */
  wantedAtLeast(bytes: number): Promise<void>;
  /** Gives credit back: so many bytes of what is outstanding, all of it unless told. */
  credit(bytes?: number): void;
  /** The client reads no more: credit comes back by `credit()` alone, as with `credit: 'manual'`. */
  pause(): void;
  /** The client reads on: all credit comes back, now and later. */
  resume(): void;
  /** Sends a piece of request body (for requests opened without `body`); it must not exceed `wanted`. */
  send(chunk: Uint8Array | string): void;
  /** Ends the request body (for requests opened without `body`, but with `open`'s `bodyOpen`). */
  sendEnd(status?: number): void;
  /** Ends the exchange from the host's side. */
  abort(reason?: MockAbort): void;
}

/** A web server in memory: implements the wall of `src/server/binding.ts` without native code. */
export interface MockHost {
  /** Makes a request and waits for its end. Never rejects because of the application. */
  request(request?: MockRequest): Promise<MockResponse>;
  /** Makes a request that the test steers. With `bodyOpen` its body comes by `send` and `sendEnd`. */
  open(request?: MockRequest & { bodyOpen?: boolean }): MockExchange;
  /** Exchanges that have not been ended by END or ABORT. */
  readonly live: number;
  /** Exchanges whose closing (`return()`, `close()`, `on_finish`) is not over, the live ones included. */
  readonly unsettled: number;
  /** Resolves when no exchange is live or unsettled. */
  settled(): Promise<void>;
  /** The whole error log. */
  readonly records: LogRecord[];
  /** What the validator found, `rule: message`; empty without `lint`. */
  readonly violations: string[];
  /** Illegal calls of `src/server` across the wall: wrong order, invalid heads, excess. Must stay empty. */
  readonly faults: string[];
  /** What the applications' process asked for by `die`. */
  readonly deaths: string[];
  /** Stops the applications; resolves when `stopped` was called. */
  stop(): Promise<void>;
}
