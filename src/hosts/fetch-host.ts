import { STATUS_CODES } from 'node:http';
import { isBodyless, type Headers as HeaderList } from '../spec';
import { AbortReason, BeginFlag, Status, type Callbacks, type Handle, type HostFacts } from '../server/binding';
import { addFields, isHidden, packEntries, type EnvironEntries } from './environ-entries';
import { AppBinding, dispatchTo, type HostedApplication, type HostOptions } from './host-app';
import type { HostedExchange } from './host-binding';
import { belowMount, percentDecode } from './request-path';

/** A fetch handler, which also can be stopped. Arguments after the request are ignored. */
export interface FetchHostHandler {
  (request: Request): Promise<Response>;
  /** Ends the exchanges that are live, awaits their closing and the `close()` of the application. */
  close(): Promise<void>;
}

/**
 * Makes a fetch handler that runs a TSGI application, for tests and for servers whose applications are fetch handlers.
 * What the Fetch standard does not tell is absent from environ (REMOTE_ADDR, say), unless `options.environ` has it. It
 * has no interim responses.
 *
 *     export default { fetch: toFetchHandler(application) };
 */
export function toFetchHandler(application: HostedApplication, options: HostOptions = {}): FetchHostHandler {
  const binding = new FetchBinding(options);
  const close = dispatchTo(binding, application);
  return Object.assign((request: Request) => binding.receive(request), { close });
}

class FetchBinding extends AppBinding<FetchExchange> {
  readonly host: HostFacts = {
    name: 'fetch',
    embedded: false,
    multiprocess: false,
    multithread: false,
    earlyHints: false,
    sendfile: false,
  };

  receive(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = belowMount(percentDecode(url.pathname), this.mount);
    if (path === undefined) {
      return Promise.resolve(pageOf(404));
    }
    const { text, words } = packEntries(environOf(request, url, this.mount, path, this.options));
    const exchange = new FetchExchange(this, this.newHandle(), request);
    this.add(exchange);
    const flags =
      (request.method === 'HEAD' ? BeginFlag.Head : 0) |
      BeginFlag.BodyLater |
      (request.body === null ? BeginFlag.EmptyBody : 0);
    this.tell(exchange, (callbacks) => {
      callbacks.begin(exchange.handle, 1, flags, text, words);
    });
    return exchange.response;
  }
}

/**
 * One request of a fetch handler.
 *
 * Made when it has come; owned by its binding until it has ended; ended by the runtime (`end`), or by the client: the
 * request's signal fires, or the body of the response is cancelled.
 */
class FetchExchange implements HostedExchange {
  readonly response: Promise<Response>;
  #respond: (response: Response) => void = () => undefined;
  #started = false;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Whether the runtime waits for room. */
  #blocked = false;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #wanted = 0;
  #received = 0;
  #reading = false;
  /** What came beyond what is wanted. */
  #held: Uint8Array | undefined;

  constructor(
    private readonly binding: FetchBinding,
    readonly handle: Handle,
    private readonly request: Request,
  ) {
    this.response = new Promise((resolve) => {
      this.#respond = resolve;
    });
    request.signal.addEventListener('abort', this.#gone);
  }

  get rawHeaders(): string[] {
    return [...this.request.headers]
      .filter(([name]) => !isHidden(name, { authorization: this.binding.options.hideAuthorization === true }))
      .flat();
  }

  start(status: number, reason: string, headers: HeaderList, length: number): number {
    if (status > 599) {
      return Status.Invalid; // the Fetch standard ends there
    }
    const fields = new Headers();
    for (const [name, value] of headers) {
      fields.append(name, value);
    }
    const bodyless = this.request.method === 'HEAD' || isBodyless(status) || status === 205;
    if (length >= 0 && !isBodyless(status) && !fields.has('content-length')) {
      fields.set('content-length', String(length));
    }
    this.#started = true;
    this.#respond(new Response(bodyless ? null : this.#body(), { status, statusText: reason, headers: fields }));
    return Status.Ok;
  }

  data(chunk: Uint8Array, whole: boolean): number {
    const stream = this.#stream;
    if (stream === undefined) {
      return chunk.byteLength; // status 205, which the Fetch standard knows without content
    }
    const room = Math.max(0, stream.desiredSize ?? 0);
    if (whole ? room < chunk.byteLength : room === 0) {
      this.#blocked = true;
      return Status.Again;
    }
    // The chunk is the application's again when this returns.
    const taken = Uint8Array.prototype.slice.call(chunk, 0, room);
    this.#blocked ||= taken.byteLength < chunk.byteLength;
    stream.enqueue(taken);
    return taken.byteLength;
  }

  file(): number {
    return Status.Order; // `sendfile` is false
  }

  inform(): number {
    return Status.Ok; // there are none here, and `earlyHints` says so
  }

  want(size: number): number {
    this.#wanted += size;
    if (!this.#reading) {
      this.#reading = true;
      void this.#read();
    }
    return Status.Ok;
  }

  end(status: number): number {
    this.#leave();
    if (status === 0) {
      this.#stream?.close();
    } else if (this.#started) {
      this.#stream?.error(new Error('the response broke off'));
    } else {
      this.#respond(pageOf(status));
    }
    return Status.Ok;
  }

  #body(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#stream = controller;
        },
        pull: () => {
          if (this.#blocked) {
            this.#blocked = false;
            this.binding.tell(this, (callbacks: Callbacks) => {
              callbacks.credit(this.handle);
            });
          }
        },
        cancel: () => {
          this.#gone();
        },
      },
      { highWaterMark: this.binding.window, size: (chunk) => chunk?.byteLength ?? 0 },
    );
  }

  /** Reads the request as long as more of it is wanted. */
  async #read(): Promise<void> {
    try {
      const reader = (this.#reader ??= (this.request.body as ReadableStream<Uint8Array>).getReader());
      while (this.#wanted > 0) {
        const chunk = this.#held ?? (await reader.read()).value;
        this.#held = undefined;
        if (chunk === undefined) {
          this.#tellEnd(0);
          return;
        }
        if (!this.#deliver(chunk)) {
          return;
        }
      }
    } catch {
      this.#tellEnd(400); // the client's stream failed
    } finally {
      this.#reading = false;
    }
  }

  /** Hands bytes to the runtime. False: the body is over. */
  #deliver(chunk: Uint8Array): boolean {
    const limit = this.binding.options.bodyLimit ?? Infinity;
    const size = Math.min(chunk.byteLength, this.#wanted, limit - this.#received);
    this.#wanted -= size;
    this.#received += size;
    if (size > 0) {
      this.binding.tell(this, (callbacks) => {
        callbacks.body(this.handle, chunk.slice(0, size));
      });
    }
    if (size < chunk.byteLength && this.#received >= limit) {
      this.#tellEnd(413);
      return false;
    }
    this.#held = size < chunk.byteLength ? chunk.subarray(size) : undefined;
    return true;
  }

  #tellEnd(status: number): void {
    this.binding.tell(this, (callbacks) => {
      callbacks.bodyEnd(this.handle, status);
    });
  }

  readonly #gone = (): void => {
    if (this.binding.drop(this)) {
      this.#leave();
      if (!this.#started) {
        this.#respond(pageOf(499));
      }
      this.binding.tellLate((callbacks) => {
        callbacks.abort(this.handle, AbortReason.Client);
      });
    }
  };

  #leave(): void {
    this.request.signal.removeEventListener('abort', this.#gone);
    this.#reader?.cancel().catch(() => undefined);
  }
}

function environOf(request: Request, url: URL, mount: string, path: string, options: HostOptions): EnvironEntries {
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const entries: EnvironEntries = new Map([
    ['REQUEST_METHOD', request.method === 'HEAD' && options.mapHeadToGet === true ? 'GET' : request.method],
    ['SCRIPT_NAME', mount],
    ['PATH_INFO', path],
    ['QUERY_STRING', url.search.slice(1)],
    ['REQUEST_URI', url.pathname + url.search],
    ['SERVER_PROTOCOL', 'HTTP/1.1'],
    ['SERVER_NAME', options.serverName ?? url.hostname],
    ['SERVER_PORT', url.port || (scheme === 'https' ? '443' : '80')],
    ['REQUEST_SCHEME', scheme],
  ]);
  if (scheme === 'https') {
    entries.set('HTTPS', 'on');
  }
  addFields(entries, request.headers, { authorization: options.hideAuthorization === true });
  if (!entries.has('HTTP_HOST')) {
    entries.set('HTTP_HOST', url.host);
  }
  for (const [name, value] of Object.entries(options.environ ?? {})) {
    entries.set(name, value);
  }
  return entries;
}

/** The server's own page for a status; of a client that has gone there is no response, and nobody to see it. */
function pageOf(status: number): Response {
  const text = `${status} ${STATUS_CODES[status] ?? 'Error'}\n`;
  return new Response(text, { status, headers: { 'Content-Type': 'text/plain' } });
}
