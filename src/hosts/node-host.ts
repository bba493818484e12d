import cluster from 'node:cluster';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isMainThread } from 'node:worker_threads';
import { declaredLength, isBodyless, type Headers } from '../spec';
import { AbortReason, BeginFlag, Status, type Callbacks, type Handle, type HostFacts } from '../server/binding';
import { addFields, isHidden, packEntries, type EnvironEntries } from './environ-entries';
import { AppBinding, dispatchTo, type HostedApplication, type HostOptions } from './host-app';
import type { HostedExchange } from './host-binding';
import { ReceivedBody, type BodyReceiver } from './received-body';
import { belowMount, percentDecode, splitTarget } from './request-path';

const NOTHING = Buffer.alloc(0);
const SERVER_SOFTWARE = `node/${process.versions.node}`;

/** A request listener for `http.createServer`, which also can be stopped. */
export interface NodeHostListener {
  (req: IncomingMessage, res: ServerResponse): void;
  /**
   * Ends the exchanges that are live (503, or a reset), awaits their closing and the `close()` of the application. Close
   * the server first, and wait for its requests, to end none.
   */
  close(): Promise<void>;
}

/** What middleware of Node has found out about a request that it passes on: connect's convention. */
type RoutedRequest = IncomingMessage & { originalUrl?: string; baseUrl?: string };

/**
 * Makes a request listener of node:http that runs a TSGI application, for development and for servers that are Node's
 * own. Add it to `checkContinue` too, and a client that expects 100 is asked for its body when the application reads.
 *
 * The path is taken as it came: Node normalises none, so `/../` and broken escapes are the application's to judge.
 * Below `app.use('/app', listener)` of Express the mount is found in `req.baseUrl`, REQUEST_URI in `req.originalUrl`.
 *
 *     const listener = toNodeListener(application);
 *     http.createServer(listener).on('checkContinue', listener).listen(8080);
 */
export function toNodeListener(application: HostedApplication, options: HostOptions = {}): NodeHostListener {
  const binding = new NodeBinding(options);
  const close = dispatchTo(binding, application);
  return Object.assign(
    (req: IncomingMessage, res: ServerResponse) => {
      binding.receive(req, res);
    },
    { close },
  );
}

class NodeBinding extends AppBinding<NodeHostExchange> {
  readonly host: HostFacts = {
    name: SERVER_SOFTWARE,
    embedded: false,
    multiprocess: cluster.isWorker,
    multithread: !isMainThread,
    earlyHints: true,
    sendfile: false,
  };

  /** A request has come. */
  receive(req: RoutedRequest, res: ServerResponse): void {
    const { path: sent, query } = splitTarget(req.url ?? '/');
    if (!sent.startsWith('/') && sent !== '*') {
      sendPage(res, 400);
      return;
    }
    const path = belowMount(percentDecode(sent), this.mount);
    if (path === undefined) {
      sendPage(res, 404);
      return;
    }
    const mount = percentDecode((req.baseUrl ?? '').replace(/\/+$/, '')) + this.mount;
    const entries = environOf(req, { mount, path, query }, this.options);
    const { text, words } = packEntries(entries);
    const exchange = new NodeHostExchange(this, this.newHandle(), req, res);
    this.add(exchange);
    this.tell(exchange, (callbacks) => {
      callbacks.begin(exchange.handle, 1, flagsOf(req), text, words);
    });
  }
}

/**
 * One request of node:http.
 *
 * Made when it has come; owned by its binding until it has ended; ended by the runtime (`end`), or by the client, which
 * `close` of the response tells.
 */
class NodeHostExchange implements HostedExchange, BodyReceiver {
  /** Bytes that Node has taken and the client has not. */
  #outstanding = 0;
  /** Whether the runtime waits for room. */
  #blocked = false;
  readonly #body: ReceivedBody;

  constructor(
    private readonly binding: NodeBinding,
    readonly handle: Handle,
    private readonly req: IncomingMessage,
    private readonly res: ServerResponse,
  ) {
    this.#body = new ReceivedBody(req, res, this, binding.options.bodyLimit ?? Infinity);
    res.once('close', () => {
      this.#closed();
    });
    res.on('error', () => undefined); // its 'close' follows
  }

  tell(run: (callbacks: Callbacks) => void): void {
    this.binding.tell(this, run);
  }

  get rawHeaders(): string[] {
    const raw = this.req.rawHeaders;
    return this.binding.options.hideAuthorization === true
      ? fieldsOf(raw)
          .filter(([name]) => !isHidden(name, { authorization: true }))
          .flat()
      : raw.slice();
  }

  start(status: number, reason: string, headers: Headers, length: number): number {
    const known = length >= 0 && declaredLength(headers) === undefined && !isBodyless(status);
    const fields = known ? [...headers, ['Content-Length', String(length)]] : headers;
    this.res.writeHead(status, reason, fields.flat());
    // Not flushHeaders: it would send the head as UTF-8, and alone. This one goes out at the end of the tick.
    this.res.write(NOTHING);
    return Status.Ok;
  }

  data(chunk: Uint8Array, whole: boolean): number {
    const room = this.binding.window - this.#outstanding;
    if (whole ? room < chunk.byteLength : room <= 0) {
      this.#blocked = true;
      return Status.Again;
    }
    // The chunk is the application's again when this returns, and Node may keep it longer.
    const taken = Buffer.from(chunk.subarray(0, room));
    this.#blocked ||= taken.byteLength < chunk.byteLength;
    this.#outstanding += taken.byteLength;
    this.res.write(taken, () => {
      this.#credit(taken.byteLength);
    });
    return taken.byteLength;
  }

  file(): number {
    return Status.Order; // `sendfile` is false
  }

  inform(status: number, headers: Headers): number {
    // HTTP/1.0 knows no interim responses, and Node has a method for this one alone.
    if (status === 103 && this.req.httpVersion !== '1.0') {
      const hints: Record<string, string[]> = {};
      for (const [name, value] of headers) {
        (hints[name.toLowerCase()] ??= []).push(value);
      }
      this.res.writeEarlyHints(hints);
    }
    return Status.Ok;
  }

  want(size: number): number {
    this.#body.want(size);
    return Status.Ok;
  }

  end(status: number): number {
    const { res } = this;
    this.#body.leave();
    if (status === 0) {
      res.end();
    } else if (!res.headersSent) {
      sendPage(res, status);
    } else {
      reset(res, this.req.httpVersion === '1.0');
    }
    return Status.Ok;
  }

  #credit(size: number): void {
    this.#outstanding -= size;
    if (this.#blocked && this.#outstanding < this.binding.window) {
      this.#blocked = false;
      this.tell((callbacks) => {
        callbacks.credit(this.handle);
      });
    }
  }

  #closed(): void {
    this.#body.leave();
    if (this.binding.drop(this)) {
      this.binding.tellLate((callbacks) => {
        callbacks.abort(this.handle, AbortReason.Client);
      });
    }
  }
}

interface Place {
  readonly mount: string;
  readonly path: string;
  readonly query: string;
}

function environOf(req: RoutedRequest, { mount, path, query }: Place, options: HostOptions): EnvironEntries {
  const socket = req.socket as Socket & Partial<TLSSocket>;
  const encrypted = socket.encrypted === true;
  const scheme = encrypted ? 'https' : 'http';
  const entries: EnvironEntries = new Map([
    ['REQUEST_METHOD', req.method === 'HEAD' && options.mapHeadToGet === true ? 'GET' : (req.method ?? 'GET')],
    ['SCRIPT_NAME', mount],
    ['PATH_INFO', path],
    ['QUERY_STRING', query],
    ['REQUEST_URI', req.originalUrl ?? req.url ?? '/'],
    ['SERVER_PROTOCOL', `HTTP/${req.httpVersion}`],
    ['SERVER_NAME', options.serverName ?? socket.localAddress ?? 'localhost'],
    ['SERVER_PORT', String(socket.localPort ?? 0)],
    ['REQUEST_SCHEME', scheme],
    ['SERVER_SOFTWARE', SERVER_SOFTWARE],
  ]);
  const add = (name: string, value: string | number | null | undefined | false): void => {
    if (value !== undefined && value !== null && value !== false && value !== '') {
      entries.set(name, String(value));
    }
  };
  add('SERVER_ADDR', socket.localAddress);
  add('REMOTE_ADDR', socket.remoteAddress);
  add('REMOTE_PORT', socket.remotePort);
  if (encrypted) {
    entries.set('HTTPS', 'on');
    add('SSL_PROTOCOL', socket.getProtocol?.());
    add('SSL_CIPHER', socket.getCipher?.()?.name);
    add('SSL_TLS_SNI', (socket as { servername?: string | false }).servername);
  }
  addFields(entries, fieldsOf(req.rawHeaders), { authorization: options.hideAuthorization === true });
  for (const [name, value] of Object.entries(options.environ ?? {})) {
    entries.set(name, value);
  }
  return entries;
}

function flagsOf(req: IncomingMessage): number {
  const { 'content-length': length, 'transfer-encoding': coding } = req.headers;
  const empty = coding === undefined && (length === undefined || Number(length) === 0);
  return (req.method === 'HEAD' ? BeginFlag.Head : 0) | BeginFlag.BodyLater | (empty ? BeginFlag.EmptyBody : 0);
}

function fieldsOf(raw: readonly string[]): Array<[string, string]> {
  const fields: Array<[string, string]> = [];
  for (let index = 0; index < raw.length; index += 2) {
    fields.push([raw[index] as string, raw[index + 1] as string]);
  }
  return fields;
}

/** The server's own page for a status. */
function sendPage(res: ServerResponse, status: number): void {
  const text = `${status} ${STATUS_CODES[status] ?? 'Error'}\n`;
  res.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(text) });
  res.end(text);
}

/**
 * Breaks a response off so that the client can tell, after what was sent before. Where the end of the connection would be
 * the end of the response it takes a RST.
 */
function reset(res: ServerResponse, endsByClose: boolean): void {
  const { socket } = res;
  if (socket === null || socket.destroyed) {
    return;
  }
  if (endsByClose && typeof socket.resetAndDestroy === 'function') {
    socket.write('', () => socket.resetAndDestroy());
  } else {
    socket.destroySoon();
  }
}
