import { AsyncLocalStorage } from 'node:async_hooks';
import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { Server, type AddressInfo } from 'node:net';
import type { Application } from '../../spec';

/** What Node's `listen` comes to when it has read its arguments and looked up the name of the host. */
type Listen = (
  this: ListeningServer,
  address: string | null,
  port: number | null,
  addressType: number | null,
  backlog: number | undefined,
  fd: number | undefined,
  flags: number | undefined,
) => void;

/** The part of `net.Server` that its `listen`, `close` and `address` work on; all of it there since Node 0.12. */
interface ListeningServer extends Server {
  _handle: unknown;
  _connections: number;
  _listen2: Listen;
  _emitCloseIfDrained(): void;
}

/** Whose code is running: the script that was being loaded when it was called, or that called what called it. */
const loading = new AsyncLocalStorage<Listening>();
let hooked = false;

/**
 * The first server of a script that listens: it is the application, and its requests come from the web server, so there
 * is no port to be opened. Everything about it is as Node leaves it, since Node's own `listen`, `address` and `close`
 * work on a handle that takes no connections. Servers that listen besides, on other ports, are real.
 *
 * Made by     the loader, for each script that may listen
 * Lives       as long as the script: a server that was closed may listen again
 */
export class Listening {
  /** The application. */
  #server: ListeningServer | undefined;
  #arguments: Parameters<Listen> | undefined;
  #released = false;
  #tell: ((server: Server) => void) | undefined;
  /** Resolves when a server listens. */
  readonly server = new Promise<Server>((resolve) => (this.#tell = resolve));

  /** Runs the code of the script. */
  run<Result>(code: () => Result): Result {
    hook();
    return loading.run(this, code);
  }

  /** The script has another application: what has been taken over is opened now, as it was meant. */
  release(): void {
    this.#released = true;
    const server = this.#server;
    if (server?._handle instanceof TakenHandle && this.#arguments !== undefined) {
      server._handle = null;
      server._listen2(...this.#arguments);
    }
  }

  /**
   * The application that the server is while it listens; when it does not, nothing is there to answer. What is under
   * way counts as a connection, which its `close` waits for.
   */
  application(make: (server: Server) => Application): Application {
    let made: { server: Server; application: Application } | undefined;
    return (environ, startResponse) => {
      const server = this.#server;
      if (server === undefined || server._handle === null) {
        startResponse('503 Service Unavailable', []);
        return [];
      }
      if (made?.server !== server) {
        made = { server, application: make(server) };
      }
      server._connections++;
      environ['tsgi.on_finish']?.(() => {
        server._connections--;
        server._emitCloseIfDrained();
      });
      return made.application(environ, startResponse);
    };
  }

  /** A server of the script is about to listen. */
  offer(server: ListeningServer, listen: Parameters<Listen>): void {
    if (this.#released || !this.#takes(server, listen)) {
      return;
    }
    this.#server = server;
    this.#arguments = listen;
    server._handle = new TakenHandle(listen);
    this.#tell?.(server);
  }

  #takes(server: ListeningServer, [address, port]: Parameters<Listen>): boolean {
    // A handle that is there was opened by somebody else.
    if (server._handle !== null || !isHttp(server)) {
      return false;
    }
    if (this.#server === undefined || this.#server === server) {
      return true;
    }
    // Another server in the place of one that was closed.
    const [before, portBefore] = this.#arguments ?? [];
    return this.#server._handle === null && port === portBefore && (port !== -1 || address === before);
  }
}

/** Stands for the descriptor of a server that is reached through the web server. */
class TakenHandle {
  readonly fd = -1;
  reading = false;
  /** Node sets it. */
  onconnection: unknown;
  /** Only with a port: of a path Node itself knows the address. */
  readonly getsockname: ((out: Partial<AddressInfo>) => number) | undefined;

  constructor([address, port, addressType]: Parameters<Listen>) {
    if (port !== null && port >= 0) {
      const known = { address: address ?? '::', family: address === null || addressType === 6 ? 'IPv6' : 'IPv4', port };
      this.getsockname = (out) => {
        Object.assign(out, known);
        return 0;
      };
    }
  }

  listen(): number {
    return 0;
  }

  close(callback?: () => void): void {
    if (typeof callback === 'function') {
      process.nextTick(callback);
    }
  }

  ref(): void {
    // There is nothing that keeps a loop alive.
  }

  unref(): void {
    // Nor is there anything that would let it go.
  }

  hasRef(): boolean {
    return false;
  }
}

/** Whether what comes to a server are requests. Those of HTTP/2 know only by their listeners. */
function isHttp(server: Server): boolean {
  return server instanceof HttpServer || server instanceof HttpsServer || server.listenerCount('request') > 0;
}

function hook(): void {
  if (hooked) {
    return;
  }
  hooked = true;
  const prototype = Server.prototype as ListeningServer;
  const listen = prototype._listen2;
  prototype._listen2 = function (...given) {
    loading.getStore()?.offer(this, given);
    listen.apply(this, given);
  };
}
