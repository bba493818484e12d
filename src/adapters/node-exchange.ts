import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Chunk, Environ, FinishReason, StartResponse, Write } from '../spec';
import { isThenable } from '../spec';
import { readHead, readInterim } from './node-head';
import {
  closeResponse,
  isStored,
  takeNeedDrain,
  type MessageClasses,
  type RequestInternals,
  type ResponseInternals,
} from './node-internals';
import { connectionReset, describeRequest, NodeRequestBody } from './node-request';
import { NodeSocket, NodeTlsSocket, type SocketOwner, type WriteCallback } from './node-socket';
import { unlessExpired } from './unless-expired';

/** What is done to one request: called once, with genuine objects of Node's own classes. */
export type HandleRequest = (req: IncomingMessage, res: ServerResponse) => unknown;

export interface NodeExchangeOptions {
  readonly stripMount: boolean;
  /** The `http.Server`, if the listener is one: `req.socket.server`. */
  readonly server: unknown;
  readonly joinDuplicateHeaders: boolean;
  readonly rejectNonStandardBodyWrites: boolean;
}

/** A response of at most this many bytes counts as sent when it was handed over as a whole. */
const SMALL = 64 * 1024;

/** Where an exchange is found from the response that Node's methods are called on, whatever its prototype is now. */
const EXCHANGE = Symbol('tsgi.exchange');

interface HookedResponse extends ResponseInternals {
  [EXCHANGE]: NodeExchange;
}

/**
 * One exchange between a TSGI server and a listener of node:http.
 *
 * Made when the application is called; owned by `req.socket`, `res.socket` and the promise of the body; ended by
 * `res.end` and the server's word that all was sent, by `destroy` of any of the objects, or by the server. A late caller
 * gets what Node gives: `write after end`, a destroyed socket.
 */
export class NodeExchange implements SocketOwner {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly socket: NodeSocket;
  buffered = 0;
  sent = 0;

  /**
   *     open ── first flush ──▶ streaming ──┐
   *       └──────── res.end ────────────────┴──▶ ended ── 'finish' ──▶ over
   *     (every state) ── destroy, client gone, failure ──▶ over
   *
   * A response that ends in `open` is known as a whole: its body is an array, and it has a length.
   */
  #state: 'open' | 'streaming' | 'ended' | 'over' = 'open';
  #chunks: Chunk[] = [];
  #callbacks: WriteCallback[] = [];
  /** The size of `#chunks` in bytes, or about that. */
  #size = 0;
  #write: Write | undefined;
  /** What the body is, once the response was ended. */
  #body: Chunk[] | undefined;
  /** Whether the server has all that the protocol allows. */
  #complete = false;
  #failure: { error: unknown } | undefined;
  #resolve: ((body: Chunk[] | undefined) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  readonly #input: NodeRequestBody;

  constructor(
    readonly environ: Environ,
    private readonly startResponse: StartResponse,
    options: NodeExchangeOptions,
    classes: MessageClasses,
  ) {
    const socket = environ['tsgi.url_scheme'] === 'https' ? new NodeTlsSocket(this) : new NodeSocket(this);
    const req = new classes.IncomingMessage(socket as never);
    socket.server = options.server;
    (req as unknown as RequestInternals).joinDuplicateHeaders = options.joinDuplicateHeaders;
    describeRequest(req, environ, options.stripMount);
    const res = new classes.ServerResponse(req, options);
    const hooked = res as unknown as HookedResponse;
    hooked[EXCHANGE] = this;
    hooked._storeHeader = storeHeader;
    hooked._finish = finish;
    hooked.socket = socket;
    socket._httpMessage = res;
    res.on('finish', finished);
    this.req = req;
    this.res = res;
    this.socket = socket;
    this.#input = new NodeRequestBody(req, socket, environ);
  }

  /** Calls the listener. What it answers is the body, or a promise of it. */
  run(handle: HandleRequest): Chunk[] | undefined | Promise<Chunk[] | undefined> {
    let answer: unknown;
    try {
      answer = handle(this.req, this.res);
    } catch (error) {
      this.fail(error);
      throw error;
    }
    if (isThenable(answer)) {
      answer.then(undefined, (error: unknown) => {
        this.#rejected(error);
      });
    }
    this.#input.settle();
    if (this.#failure !== undefined) {
      throw this.#failure.error;
    }
    const ended = this.#state === 'ended';
    if (!ended || this.#body === undefined || this.#size > SMALL) {
      this.#watch();
    }
    if (ended) {
      return this.#body;
    }
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** The head: everything is checked by `startResponse` here, at the call of `writeHead` or what implied it. */
  start(firstLine: string, fields: unknown): void {
    const res = this.res as unknown as ResponseInternals;
    const head = readHead(firstLine, fields, isStored(this.res, fields));
    if (this.#write === undefined) {
      this.#write = unlessExpired(() => this.startResponse(head.status, head.headers));
    } else if (this.#state === 'open') {
      // Node 18 lets a second writeHead replace a head that was not sent; later versions do not get here.
      const replaced = new Error('writeHead was called again');
      unlessExpired(() => this.startResponse(head.status, head.headers, replaced));
    }
    if (head.length !== undefined) {
      res._contentLength = head.length;
      res._removedContLen = false;
    }
    res._header = firstLine;
    res._headerSent = true; // Node must not put it before the first chunk
    res.chunkedEncoding = false; // framing is the server's
  }

  push(chunk: string | Uint8Array, encoding: BufferEncoding | undefined, callback: WriteCallback | undefined): void {
    if ((this.res as unknown as ResponseInternals)._header === null) {
      this.#inform(chunk, callback);
      return;
    }
    if (chunk.length > 0) {
      const text = encoding === undefined || encoding === 'utf8' || encoding === 'utf-8';
      const piece = typeof chunk === 'string' && !text ? Buffer.from(chunk, encoding) : chunk;
      this.#chunks.push(piece);
      this.#size += piece.length;
      this.buffered += piece.length;
    }
    if (callback !== undefined) {
      this.#callbacks.push(callback);
    }
  }

  flush(): void {
    if ((this.#state !== 'open' && this.#state !== 'streaming') || this.#write === undefined) {
      return;
    }
    this.#state = 'streaming';
    const chunks = this.#chunks;
    const callbacks = this.#callbacks;
    const size = this.#size;
    this.#chunks = [];
    this.#callbacks = [];
    this.#size = 0;
    if (chunks.length === 0 && callbacks.length === 0) {
      unlessExpired(() => this.environ['tsgi.flush_headers']?.());
      return;
    }
    this.sent += size;
    this.#send(joined(chunks, size), callbacks, size);
  }

  /** `res.end` was called. Without a head, which comes first, there is nobody to answer. */
  end(): void {
    if (this.#write === undefined) {
      return;
    }
    if (this.#state === 'open') {
      this.#body = this.#chunks;
      this.sent += this.#size;
    } else if (this.#state === 'streaming') {
      this.flush();
    } else {
      return;
    }
    this.#state = 'ended';
    if (this.#body !== undefined && this.#size <= SMALL) {
      process.nextTick(settle, this);
    }
    this.#resolve?.(this.#body);
  }

  pull(): void {
    this.#input.pull();
  }

  get received(): number {
    return this.#input.received;
  }

  timedOut(): void {
    const { req, res, socket } = this;
    const heard =
      (!req.complete && req.emit('timeout', socket)) ||
      res.emit('timeout', socket) ||
      ((socket.server as IncomingMessage | undefined)?.emit('timeout', socket) ?? false);
    if (!heard) {
      socket.destroy();
    }
  }

  /** `destroy` of the socket, the response or the request. */
  destroyed(error: Error | undefined): void {
    this.fail(error ?? Object.assign(new Error('the response was destroyed'), { code: 'ERR_STREAM_DESTROYED' }));
    setImmediate(disconnect, this, error); // a socket of Node closes on a later turn, too
  }

  /** The exchange has failed by the application's doing: the server resets it. */
  fail(error: unknown): void {
    const ended = this.#state === 'ended' || this.#state === 'over';
    this.#over();
    if (ended) {
      return;
    }
    this.#failure = { error };
    this.#reject?.(error);
    if (!this.socket.destroyed) {
      this.socket.expire();
      setImmediate(disconnect, this, undefined);
    }
  }

  /** All was sent, `finish` is being emitted. */
  finished(): void {
    const { res, socket } = this;
    this.#over();
    this.#input.leave();
    socket._httpMessage = null;
    (res as unknown as ResponseInternals).socket = null;
    socket.setTimeout(0);
    process.nextTick(closeResponse, res);
  }

  /** Everything handed over is sent: the callbacks of the writes, among them the one that emits `finish`. */
  settle(error?: Error): void {
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    this.#accepted(callbacks, this.#size, error);
    this.#size = 0;
  }

  /** The client, or the server, has ended the exchange. */
  disconnected(error: Error | undefined): void {
    const { req, res, socket } = this;
    this.#input.stop();
    socket.expire();
    if (error !== undefined && socket.listenerCount('error') > 0) {
      socket.emit('error', error);
    }
    if (!req.destroyed) {
      req.destroy(connectionReset());
    }
    closeResponse(res);
    socket.emit('close', error !== undefined);
  }

  /** Learns how the exchange ends. */
  #watch(): void {
    const onFinish = this.environ['tsgi.on_finish'];
    if (onFinish !== undefined) {
      onFinish((reason) => {
        this.#finish(reason);
      });
      return;
    }
    this.environ['tsgi.signal']?.addEventListener('abort', () => {
      this.#finish('client_gone');
    });
    if (this.#state === 'ended') {
      process.nextTick(settle, this); // nobody will tell when
    }
  }

  #finish(reason: FinishReason): void {
    if (reason === 'complete') {
      this.#complete = true;
      this.settle();
    } else if (this.#state !== 'over') {
      this.#over();
      this.socket.expire();
      this.socket._hadError = true;
      this.settle(connectionReset());
      this.disconnected(undefined);
    }
  }

  /** The listener's own promise has rejected: under Node nobody would have caught it. */
  #rejected(error: unknown): void {
    if (this.#state === 'open' || this.#state === 'streaming') {
      this.fail(error);
    } else {
      const text = error instanceof Error ? error.stack : String(error);
      this.environ['tsgi.errors'].write(`the listener rejected after its response had ended: ${text}\n`);
    }
  }

  #over(): void {
    this.#state = 'over';
    this.#body = undefined;
  }

  #send(chunks: readonly Chunk[], callbacks: readonly WriteCallback[], size: number): void {
    let last: void | Promise<void> = undefined;
    try {
      for (const chunk of chunks) {
        last = this.#write?.(chunk);
      }
    } catch (error) {
      this.fail(error); // more than the server holds back for a writer that does not wait
      return;
    }
    Promise.resolve(last).then(
      () => {
        this.#accepted(callbacks, size, undefined);
      },
      (error: unknown) => {
        // What exceeds a declared length comes too late for a response that is complete: the server has logged it.
        this.socket._hadError = !this.#complete;
        this.#accepted(callbacks, size, this.#complete ? undefined : (error as Error));
      },
    );
  }

  #accepted(callbacks: readonly WriteCallback[], size: number, error: Error | undefined): void {
    this.buffered -= size;
    if (error === undefined && this.buffered === 0 && this.#state === 'streaming' && takeNeedDrain(this.res)) {
      this.res.emit('drain');
    }
    for (const callback of callbacks) {
      callback(error ?? null);
    }
  }

  /** 103 goes where the server can send it. 100 is the server's own, 102 has no meaning for it. */
  #inform(chunk: string | Uint8Array, callback: WriteCallback | undefined): void {
    const { status, headers } = readInterim(String(chunk));
    if (status === 103) {
      unlessExpired(() => this.environ['tsgi.early_hints']?.(headers));
    }
    if (callback !== undefined) {
      process.nextTick(callback, null);
    }
  }
}

/** `res._storeHeader`. */
function storeHeader(this: HookedResponse, firstLine: string, fields: unknown): void {
  this[EXCHANGE].start(firstLine, fields);
}

/** `res._finish`. */
function finish(this: HookedResponse): void {
  // Node's own emits 'prefinish' and ends the measurements of perf_hooks.
  (Object.getPrototypeOf(this) as HookedResponse)._finish.call(this);
  this[EXCHANGE].end();
}

/** The first listener of `finish`, as Node's server has one. */
function finished(this: ServerResponse): void {
  (this as unknown as HookedResponse)[EXCHANGE].finished();
}

function settle(exchange: NodeExchange): void {
  exchange.settle();
}

function disconnect(exchange: NodeExchange, error: Error | undefined): void {
  exchange.disconnected(error);
}

/** Small chunks of one tick as one; large ones are not copied. */
function joined(chunks: Chunk[], size: number): Chunk[] {
  return chunks.length < 2 || size > SMALL
    ? chunks
    : [Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)))];
}
