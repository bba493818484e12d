import type { IncomingMessage } from 'node:http';
import { TsgiError, type Environ } from '../spec';
import { closeUnread, type RequestInternals } from './node-internals';
import type { NodeSocket } from './node-socket';
import { fullTarget, hasNoBody, rawHeadersOf, withoutMount } from './request-facts';

const READ_SIZE = 64 * 1024;

/** What connect's convention adds to a request whose `url` lacks the mount prefix. */
type MountedRequest = IncomingMessage & { originalUrl?: string; baseUrl?: string };

/** Where `environOf` finds the environ of a request. */
const ENVIRON = Symbol('tsgi.environ');

/** The environ behind a request that `fromNodeListener` has made; undefined for any other. */
export function environOf(req: IncomingMessage): Environ | undefined {
  return (req as { [ENVIRON]?: Environ })[ENVIRON];
}

/** Fills a new request with what environ tells. */
export function describeRequest(req: IncomingMessage, environ: Environ, stripMount: boolean): void {
  const mount = environ.SCRIPT_NAME;
  const target = fullTarget(environ);
  const [major, minor] = versionOf(environ.SERVER_PROTOCOL);
  const raw = rawHeadersOf(environ);
  (req as { [ENVIRON]?: Environ })[ENVIRON] = environ;
  req.httpVersionMajor = major;
  req.httpVersionMinor = minor;
  req.httpVersion = `${major}.${minor}`;
  req.method = environ.REQUEST_METHOD;
  (req as unknown as RequestInternals)._addHeaderLines(raw, raw.length);
  if (stripMount && mount !== '') {
    req.url = withoutMount(target, mount);
    (req as MountedRequest).originalUrl = target;
    (req as MountedRequest).baseUrl = mount;
  } else {
    req.url = target;
  }
}

/**
 * The version as Node's HTTP/1 classes tell it. A request that came by HTTP/2 or HTTP/3 is 1.1 to them, as it is behind
 * every proxy: what looks for a higher version goes on to use the methods of Node's HTTP/2 classes.
 */
function versionOf(protocol: string): [major: number, minor: number] {
  return protocol === 'HTTP/1.0' ? [1, 0] : [1, 1];
}

/** The error that Node gives to a request whose connection has gone. */
export function connectionReset(): Error {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}

/**
 * The body of one request on its way from `tsgi.input` into `req`. Nothing is read before the application reads.
 *
 *     idle ── pull ──▶ reading ── bytes ──▶ idle …
 *                         └── end, failure ──▶ over ◀── stop
 */
export class NodeRequestBody {
  received = 0;
  #state: 'idle' | 'reading' | 'over' = 'idle';
  readonly #empty: boolean;

  constructor(
    private readonly req: IncomingMessage,
    private readonly socket: NodeSocket,
    private readonly environ: Environ,
  ) {
    this.#empty = hasNoBody(environ);
  }

  /** The request has room. */
  pull(): void {
    if (this.#state !== 'idle' || !(this.req as unknown as RequestInternals)._consuming) {
      return;
    }
    if (this.#empty) {
      this.#end();
      return;
    }
    this.#state = 'reading';
    this.environ['tsgi.input'].read(READ_SIZE).then(
      (bytes) => {
        this.#arrived(bytes);
      },
      (error: unknown) => {
        this.#failed(error);
      },
    );
  }

  /** The listener has returned: Node would have parsed an empty body by now. */
  settle(): void {
    if (this.#empty) {
      this.req.complete = true;
    }
  }

  /** The response is complete: what nobody has begun to read is left to the server. */
  leave(): void {
    const req = this.req as IncomingMessage & RequestInternals;
    if (req._consuming || req.destroyed) {
      return;
    }
    if (req.eventNames().length === 0) {
      this.#state = 'over';
      closeUnread(req);
      return;
    }
    req._dump();
    this.#end();
  }

  /** Nothing will come any more. */
  stop(): void {
    this.#state = 'over';
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#state !== 'reading') {
      return;
    }
    this.#state = 'idle';
    if (bytes.byteLength === 0) {
      this.#end();
    } else {
      this.received += bytes.byteLength;
      this.req.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
  }

  #end(): void {
    if (this.#state !== 'over') {
      this.#state = 'over';
      this.req.complete = true;
      this.req.push(null);
    }
  }

  /**
   * The body will not come. When it is too large or malformed the application can still answer: only the request ends,
   * with that error, whose `status` the parsers of frameworks pass on.
   */
  #failed(error: unknown): void {
    const { req } = this;
    if (this.#state !== 'reading') {
      return;
    }
    this.#state = 'over';
    if (this.socket.destroyed || req.destroyed) {
      return;
    }
    req._destroy = destroyAlone;
    req.destroy(error instanceof TsgiError && error.status !== undefined ? error : connectionReset());
  }
}

/** What `IncomingMessage._destroy` does, but for the socket: the response is still possible. */
function destroyAlone(this: IncomingMessage, error: Error | null, callback: (error?: Error | null) => void): void {
  this.aborted = true;
  this.emit('aborted');
  process.nextTick(callback, this.listenerCount('error') === 0 ? null : error);
}
