import { X509Certificate } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { PeerCertificate } from 'node:tls';
import type { Environ } from '../spec';

export type WriteCallback = (error?: Error | null) => void;

/** What a socket does to its exchange. */
export interface SocketOwner {
  readonly environ: Environ;
  /** Takes a chunk of the response, or the text of an interim response; it is sent with the next `flush`. */
  push(chunk: string | Uint8Array, encoding: BufferEncoding | undefined, callback: WriteCallback | undefined): void;
  /** Sends what was pushed. */
  flush(): void;
  /** Somebody reads the request. */
  pull(): void;
  /** The socket was destroyed by the application. */
  destroyed(error: Error | undefined): void;
  /** Nothing has happened for the time that `setTimeout` was given. */
  timedOut(): void;
  /** Bytes that were written and are not accepted yet. */
  readonly buffered: number;
  readonly received: number;
  readonly sent: number;
}

/** That of Node's own sockets: 16 KiB until Node 22, 64 KiB since. */
const HIGH_WATER_MARK = new Writable().writableHighWaterMark;

/**
 * The socket of one exchange, as an application of node:http sees it: `req.socket` and `res.socket`.
 *
 * There is no connection of its own behind it: the connection is the server's, and may carry other requests. So it is
 * new for each exchange, knows its facts from environ, and what is done to it is done to the exchange: `write` sends
 * body, `resume` asks for the request's, `destroy` resets. It is no `net.Socket`; whatever is set on the connection
 * itself (`setNoDelay`, `setKeepAlive`) is the server's business and changes nothing.
 *
 * Made and owned by its `NodeExchange`.
 */
export class NodeSocket extends EventEmitter {
  destroyed = false;
  readable = true;
  writable = true;
  readonly connecting = false;
  readonly pending = false;
  /** The response that may write, as on Node's own sockets. */
  _httpMessage: unknown = null;
  /** What `res` asks before it emits 'finish': whether the chunks were lost. */
  _hadError = false;
  /** `res.end` writes into this. */
  readonly _writableState = { corked: 0 };
  _paused = false;
  /** The server, for listeners that are servers. */
  server: unknown;

  timeout: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #corked = 0;
  readonly #owner: SocketOwner;

  constructor(owner: SocketOwner) {
    super();
    this.#owner = owner;
  }

  // ---- what Node's own message classes call ----

  write(
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | WriteCallback | null,
    callback?: WriteCallback | null,
  ): boolean {
    this.#timer?.refresh();
    const done = typeof encoding === 'function' ? encoding : callback;
    this.#owner.push(chunk, typeof encoding === 'string' ? encoding : undefined, done ?? undefined);
    if (this.#corked === 0) {
      this.#owner.flush();
    }
    return this.writableLength < HIGH_WATER_MARK;
  }

  cork(): void {
    this.#corked++;
  }

  uncork(): void {
    if (this._writableState.corked === 1) {
      // `res.end` sets it, to uncork whatever was corked, and calls `_finish` next: that sends all there is.
      this._writableState.corked = 0;
      this.#corked = 0;
    } else if (this.#corked > 0 && --this.#corked === 0) {
      this.#owner.flush();
    }
  }

  /** `req._read` calls this, whenever the request has room. */
  resume(): this {
    this._paused = false;
    this.#owner.pull();
    return this;
  }

  pause(): this {
    this._paused = true;
    return this;
  }

  get readableHighWaterMark(): number {
    return HIGH_WATER_MARK;
  }

  get writableHighWaterMark(): number {
    return HIGH_WATER_MARK;
  }

  get writableLength(): number {
    return this.#owner.buffered;
  }

  /** When it is zero `res.write` corks the socket itself until the end of the tick. */
  get writableCorked(): number {
    return this.#corked;
  }

  get writableNeedDrain(): boolean {
    return this.writableLength >= HIGH_WATER_MARK;
  }

  // ---- what applications call ----

  /** Resets the exchange, unless its response is complete. */
  destroy(error?: Error): this {
    if (!this.destroyed) {
      this.expire();
      this.#owner.destroyed(error);
    }
    return this;
  }

  destroySoon(): void {
    this.end();
  }

  end(): this {
    if ((this._httpMessage as { writableEnded?: boolean } | null)?.writableEnded === false) {
      this.destroy();
    }
    return this;
  }

  resetAndDestroy(): this {
    return this.destroy();
  }

  /** The exchange is over. */
  expire(): void {
    this.destroyed = true;
    this.readable = false;
    this.writable = false;
    this.setTimeout(0);
  }

  setTimeout(milliseconds: number, callback?: () => void): this {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.timeout = milliseconds;
    if (milliseconds > 0 && !this.destroyed) {
      this.#timer = setTimeout(() => {
        this.emit('timeout');
        this.#owner.timedOut();
      }, milliseconds).unref();
    }
    if (callback !== undefined) {
      if (milliseconds > 0) {
        this.once('timeout', callback);
      } else {
        this.removeListener('timeout', callback);
      }
    }
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  // ---- facts ----

  protected get environ(): Environ {
    return this.#owner.environ;
  }

  get remoteAddress(): string | undefined {
    const address = this.environ.REMOTE_ADDR;
    return address?.startsWith('unix:') === true ? undefined : address;
  }

  get remotePort(): number | undefined {
    return portOf(this.environ.REMOTE_PORT);
  }

  get remoteFamily(): string | undefined {
    return familyOf(this.remoteAddress);
  }

  get localAddress(): string | undefined {
    return this.environ.SERVER_ADDR;
  }

  get localPort(): number | undefined {
    return portOf(this.environ.SERVER_PORT);
  }

  get localFamily(): string | undefined {
    return familyOf(this.localAddress);
  }

  address(): AddressInfo | Record<string, never> {
    const { localAddress: address, localFamily: family, localPort: port } = this;
    return address === undefined || family === undefined ? {} : { address, family, port: port ?? 0 };
  }

  get bytesRead(): number {
    return this.#owner.received;
  }

  get bytesWritten(): number {
    return this.#owner.sent;
  }

  get readyState(): string {
    return this.destroyed ? 'closed' : 'open';
  }

  get closed(): boolean {
    return this.destroyed;
  }
}

/** The socket of an exchange over TLS; its facts are the `SSL_*` variables, where the administrator passes them on. */
export class NodeTlsSocket extends NodeSocket {
  get encrypted(): true {
    return true;
  }

  /** Whether the server has verified a certificate of the client. */
  get authorized(): boolean {
    return this.environ['SSL_CLIENT_VERIFY'] === 'SUCCESS';
  }

  get authorizationError(): string | null {
    const verified = this.environ['SSL_CLIENT_VERIFY'];
    return this.authorized || verified === undefined ? null : verified;
  }

  get servername(): string | false {
    return this.environ['SSL_TLS_SNI'] ?? false;
  }

  readonly alpnProtocol = false;

  getProtocol(): string | null {
    return this.environ['SSL_PROTOCOL'] ?? null;
  }

  getCipher(): { name: string; standardName: string; version: string } {
    const name = this.environ['SSL_CIPHER'] ?? '';
    return { name, standardName: name, version: this.environ['SSL_PROTOCOL'] ?? '' };
  }

  /** The certificate of the client in Node's form; without `SSL_CLIENT_CERT` what the other variables tell of it. */
  getPeerCertificate(): PeerCertificate | Record<string, unknown> {
    const certificate = this.getPeerX509Certificate();
    if (certificate !== undefined) {
      return certificate.toLegacyObject();
    }
    const told: Record<string, unknown> = {};
    const tell = (name: string, value: unknown): void => {
      if (value !== undefined) {
        told[name] = value;
      }
    };
    const { environ } = this;
    tell('subject', namesOf(environ['SSL_CLIENT_S_DN']));
    tell('issuer', namesOf(environ['SSL_CLIENT_I_DN']));
    tell('valid_from', environ['SSL_CLIENT_V_START']);
    tell('valid_to', environ['SSL_CLIENT_V_END']);
    tell('serialNumber', environ['SSL_CLIENT_M_SERIAL']);
    return told;
  }

  getPeerX509Certificate(): X509Certificate | undefined {
    const text = this.environ['SSL_CLIENT_CERT'];
    try {
      return text === undefined ? undefined : new X509Certificate(text);
    } catch {
      return undefined; // an administrator may pass anything under this name
    }
  }

  isSessionReused(): boolean {
    return this.environ['SSL_SESSION_RESUMED'] === 'Resumed';
  }
}

function portOf(text: string | undefined): number | undefined {
  const port = Number(text);
  return text === undefined || text === '' || !Number.isInteger(port) ? undefined : port;
}

function familyOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : address.includes(':') ? 'IPv6' : 'IPv4';
}

/** `CN=x,O=y` (RFC 2253, as nginx and Apache write it) as an object. */
function namesOf(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) {
    return undefined;
  }
  const names: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [, name = '', value = ''] of text.matchAll(/(?:^|[,/])\s*([A-Za-z0-9.]+)=((?:\\.|[^,\\/])*)/g)) {
    names[name] = value.replace(/\\(.)/g, '$1');
  }
  return names;
}
