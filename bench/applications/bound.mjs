/**
 * What no adapter can be faster than: a framework's own work for one request that it answers whole, on genuine messages of
 * node:http whose socket keeps nothing but the body.
 *
 * It is no adapter: no event is emitted when the response is sent or the client leaves, a request has no body, an answer
 * cannot stream nor fail, and its head is the one that is expected.
 */
import { EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';

class Socket extends EventEmitter {
  writable = true;
  destroyed = false;
  /** @type {unknown} */
  _httpMessage = null;
  _writableState = { corked: 0 };
  writableLength = 0;
  /** @type {string | Uint8Array} */
  body = '';
  /** @type {((body: (string | Uint8Array)[]) => void) | undefined} */
  resolve;

  /** @param {string | Uint8Array} chunk */
  write(chunk) {
    if (chunk.length > 0) {
      this.body = chunk;
      this.resolve?.([chunk]);
    }
    return true;
  }

  cork() {}

  uncork() {}
}

/**
 * @param {(req: IncomingMessage, res: ServerResponse) => unknown} handle
 * @param {string} type for Content-Type
 * @returns {import('tsgi').Application}
 */
export function boundOf(handle, type) {
  return (environ, startResponse) => {
    const socket = new Socket();
    const req = new IncomingMessage(/** @type {any} */ (socket));
    const raw = environ['tsgi.raw_headers'] ?? [];
    req.method = environ.REQUEST_METHOD;
    req.url = environ.PATH_INFO;
    req.httpVersionMajor = 1;
    req.httpVersionMinor = 1;
    req.httpVersion = '1.1';
    /** @type {any} */ (req)._addHeaderLines(raw, raw.length);
    req.complete = true;
    const res = new ServerResponse(req);
    const internals = /** @type {any} */ (res);
    internals._storeHeader = storeHeader;
    internals.socket = socket;
    socket._httpMessage = internals;
    handle(req, res);
    startResponse('200 OK', [['Content-Type', type]]);
    return socket.body === '' ? new Promise((resolve) => (socket.resolve = resolve)) : [socket.body];
  };
}

/**
 * @this {any}
 * @param {string} firstLine
 */
function storeHeader(firstLine) {
  this._header = firstLine;
  this._headerSent = true;
  this.chunkedEncoding = false;
}
