/**
 * The types of TSGI 1.0. Every sentence of the contract that a type cannot express is a rule of `docs/SPEC.md`.
 *
 * Strings that come from the request or go into the response head are *byte strings*: each code unit is one byte
 * (U+0000 to U+00FF), as in PEP 3333 ("Unicode Issues") and as `node:http` presents headers. `decodePath` and
 * `decodeText` turn them into text.
 */
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { FileWrapper, FileWrapperOptions } from './file-wrapper';

/** The fields of a response head, in order; names in any case; a field sent twice is two entries. */
export type Headers = Array<[name: string, value: string]>;

/** A piece of a response body. A string is sent as UTF-8; a lone surrogate becomes U+FFFD. */
export type Chunk = Uint8Array | string;

/**
 * A response body. `null` and `undefined` are the empty body. A bare string or `Uint8Array` is not a body: wrap it in
 * an array. Of an object that is iterable both ways, the asynchronous way is used. A body may have `close()`
 * (PEP 3333, "Specification Details"), see `Closeable`.
 */
export type Body = Iterable<Chunk> | AsyncIterable<Chunk> | null | undefined;

/** What a body may also implement: called exactly once when the server is done with the body, for whatever reason. */
export interface Closeable {
  close(): void | Promise<void>;
}

/**
 * Sends a chunk ahead of the body. The promise resolves when the chunk is inside the server's credit window; awaiting
 * it is back-pressure, ignoring it is legal and bounded by the server's write limit.
 */
export type Write = (chunk: Chunk) => void | Promise<void>;

/**
 * Starts the response (PEP 3333, "The start_response() Callable").
 *
 * @param status a status line, `"200 OK"`.
 * @param headers the fields of the response.
 * @param error what was thrown, when an error response replaces one that was started already.
 */
export type StartResponse = (status: string, headers: Headers, error?: unknown) => Write;

/** An application: called once for each exchange. */
export type Application = (environ: Environ, startResponse: StartResponse) => Body | Promise<Body>;

/** An application that is an object (Python's callable object); `handle` is called as its method. */
export interface ApplicationObject {
  handle(environ: Environ, startResponse: StartResponse): Body | Promise<Body>;
}

/** What a script's module may export. */
export interface ApplicationModule {
  application?: Application | ApplicationObject;
  default?: unknown;
  /** Awaited before the first request is given to the application. */
  init?(): void | Promise<void>;
  /** Awaited when the application is drained, after its last exchange. */
  close?(): void | Promise<void>;
}

/** The request body, `tsgi.input`. After the end of the exchange, or when the client leaves, everything rejects. */
export interface InputStream extends AsyncIterable<Uint8Array> {
  /**
   * Without `size`: all that is left. With it: at least one and at most `size` bytes, as soon as there are some. Zero
   * bytes (for a `size` above zero) mean the end of the input, again and again.
   */
  read(size?: number): Promise<Uint8Array>;
  /** Up to and including the next `\n`, at most `size` bytes; zero bytes mean the end. */
  readLine(size?: number): Promise<Uint8Array>;
  /** The lines that are left, or as many as it takes to reach `hint` bytes; none means the end. */
  readLines(hint?: number): Promise<Uint8Array[]>;
  /** The lines that are left, one at a time. */
  lines(): AsyncIterableIterator<Uint8Array>;
  /** What is left as a stream of the Streams standard, for `new Response(stream)` and the like. */
  stream(): ReadableStream<Uint8Array>;
  /** The chunks that are left, as they arrive (WSGI iterates over lines; use `lines()` for that). */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array>;
}

/** The error log of the request's own virtual host, `tsgi.errors`. */
export interface ErrorStream {
  /** Appends text; each complete line becomes one entry of the log. */
  write(text: string): void;
  /** Appends several texts; no line ends are added (PEP 3333, "Input and Error Streams"). */
  writeLines(texts: Iterable<string>): void;
  /** Logs a line that has not been completed yet. */
  flush(): void;
}

/**
 * How an exchange ended, as told to the callbacks of `tsgi.on_finish`:
 *
 * - `complete`: all that the protocol allows was handed to the server (for HEAD, 204 and 304 that is the head alone);
 * - `client_gone`: the client left before;
 * - `timeout`: a time limit of the server ended the exchange;
 * - `shutdown`: the server stopped, or replaced the application, before the response was complete;
 * - `error`: the application failed, or the server had to give up.
 */
export type FinishReason = 'complete' | 'client_gone' | 'timeout' | 'shutdown' | 'error';

/** Makes a body of a file: see `FileWrapper`. */
export type FileWrapperFactory = (
  source: string | number | FileHandle | Readable,
  options?: FileWrapperOptions,
) => FileWrapper;

/** The keys of environ that are always present. */
export interface RequiredEnviron {
  /** The method as received (RFC 3875, section 4.1.12). */
  REQUEST_METHOD: string;
  /** The mount prefix of the application, `''` or `/...` without a slash at its end (RFC 3875, section 4.1.13). */
  SCRIPT_NAME: string;
  /** The rest of the path, percent-decoded, `''` or `/...` (RFC 3875, section 4.1.5). */
  PATH_INFO: string;
  /** The query without its question mark, not decoded; `''` when there is none (RFC 3875, section 4.1.7). */
  QUERY_STRING: string;
  /** The name of the server that was addressed (RFC 3875, section 4.1.14). */
  SERVER_NAME: string;
  /** The port that was addressed, in decimal digits (RFC 3875, section 4.1.15). */
  SERVER_PORT: string;
  /** The protocol of the request, `HTTP/1.1`, `HTTP/2.0` (RFC 3875, section 4.1.16). */
  SERVER_PROTOCOL: string;
  /** The request target as received, before any rewriting and decoding (RFC 9112, section 3.2). */
  REQUEST_URI: string;

  /** The version of this specification, `[1, 0]`. */
  'tsgi.version': readonly [major: number, minor: number];
  /** The scheme of the request's own connection (PEP 3333, "URL Reconstruction"). */
  'tsgi.url_scheme': 'http' | 'https';
  /** The request body. */
  'tsgi.input': InputStream;
  /** The error log. */
  'tsgi.errors': ErrorStream;
  /** Whether other isolates of this process run the application at the same time. */
  'tsgi.multithread': boolean;
  /** Whether other processes run the application at the same time. */
  'tsgi.multiprocess': boolean;
  /** Whether the server expects to call the application only once in the life of this process. */
  'tsgi.run_once': boolean;
}

/** The keys of environ that are present when they apply; one that does not apply is absent, never `''`. */
export interface OptionalEnviron {
  /** The `Content-Type` of the request. */
  CONTENT_TYPE?: string;
  /** The length of the request body in decimal digits; absent where it is not known, and where there is no body. */
  CONTENT_LENGTH?: string;
  /** The address of the client, as the server sees it (after its own rules about trusted proxies). */
  REMOTE_ADDR?: string;
  /** The port of the client. */
  REMOTE_PORT?: string;
  /** The user that the server itself has authenticated. */
  REMOTE_USER?: string;
  /** The scheme of that authentication, `Basic`. */
  AUTH_TYPE?: string;
  /** `http` or `https`, as the server sees it. */
  REQUEST_SCHEME?: string;
  /** `on` when the request came over TLS. */
  HTTPS?: string;
  /** The address that the client reached. */
  SERVER_ADDR?: string;
  /** Name and version of the server. */
  SERVER_SOFTWARE?: string;
  /** The folder of the virtual host's documents. */
  DOCUMENT_ROOT?: string;
  /** The path of the application's script. */
  SCRIPT_FILENAME?: string;
  /** What the server tells of the TLS connection and the client's certificate, under the names of mod_ssl. */
  [tls: `SSL_${string}`]: string | undefined;
  /** Every other request header, see below. */
  [header: `HTTP_${string}`]: string | undefined;
  HTTP_ACCEPT?: string;
  HTTP_AUTHORIZATION?: string;
  HTTP_COOKIE?: string;
  HTTP_HOST?: string;
  HTTP_ORIGIN?: string;
  HTTP_REFERER?: string;
  HTTP_USER_AGENT?: string;

  /** Fires when the client goes away. */
  'tsgi.signal'?: AbortSignal;
  /** Sends the head now, before the first chunk. */
  'tsgi.flush_headers'?: () => void;
  /** Sends an interim response 103 (RFC 8297). */
  'tsgi.early_hints'?: (headers: Headers) => void;
  /** Calls back once, when the exchange has ended and its body was closed. */
  'tsgi.on_finish'?: (callback: (reason: FinishReason) => void) => void;
  /** The request's header fields in their original case and order: name, value, name, value. */
  'tsgi.raw_headers'?: readonly string[];
  /** Makes a body of a file. */
  'tsgi.file_wrapper'?: FileWrapperFactory;
}

/**
 * One request, new for each exchange, an ordinary object that the application may change, extend and copy. Whatever
 * the administrator adds is a string; middleware keeps its own things under dotted names (`session.user`).
 */
export interface Environ extends RequiredEnviron, OptionalEnviron {
  [name: string]: unknown;
}
