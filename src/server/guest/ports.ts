import { Server } from 'node:net';
import type { Binding } from '../binding';
import { current } from '../context';
import { Tags } from '../log-tags';
import { NO_SCOPE, report } from '../report';

const RETRY = 1000; // milliseconds

interface ListeningServer extends Server {
  _handle: unknown;
  _listen2(...given: unknown[]): void;
}

/**
 * A server runs an application in several processes, and in the new ones beside the old when it reloads: of those that
 * listen on a port one succeeds. For the others that is a warning, and they try again for as long as it lasts, unless
 * the application has a listener for 'error' of its own.
 */
export function installPorts(binding: Binding): void {
  const prototype = Server.prototype as ListeningServer;
  const listen = prototype._listen2;
  prototype._listen2 = function (...given) {
    if (this._handle === null) {
      forgive(binding, this, () => {
        listen.apply(this, given);
      });
    }
    listen.apply(this, given);
  };
}

/** Takes the next error of the server if it is a port in use and nobody else wants it. */
function forgive(binding: Binding, server: ListeningServer, again: () => void): void {
  let told = false;
  let timer: NodeJS.Timeout | undefined;

  const failed = (error: NodeJS.ErrnoException & { port?: number }): void => {
    if (server.listenerCount('error') > 1) {
      return;
    }
    if (error.code !== 'EADDRINUSE') {
      throw error; // as Node does for an 'error' that nobody listens to
    }
    if (!told) {
      told = true;
      report(binding, current.getStore() ?? NO_SCOPE, Tags.PortInUse, error.message);
    }
    timer = setTimeout(() => {
      if (server._handle === null) {
        again();
      }
    }, RETRY).unref();
  };
  const over = (): void => {
    clearTimeout(timer);
    server.removeListener('error', failed);
    server.removeListener('listening', over);
    server.removeListener('close', over);
  };
  server.on('error', failed);
  server.once('listening', over);
  server.once('close', over);
}
