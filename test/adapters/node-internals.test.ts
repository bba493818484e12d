/** Each thing that src/adapters/node-internals.ts takes for granted of Node's HTTP classes, on Node's own objects. */
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  closeResponse,
  closeUnread,
  isStored,
  messageClassesOf,
  takeNeedDrain,
  type RequestInternals,
  type ResponseInternals,
} from '../../src/adapters/node-internals';

function makeRequest(): IncomingMessage & RequestInternals {
  const req = new IncomingMessage(new Socket()) as IncomingMessage & RequestInternals;
  req.method = 'GET';
  req.httpVersionMajor = 1;
  req.httpVersionMinor = 1;
  return req;
}

function makeResponse(): ServerResponse & ResponseInternals {
  return new ServerResponse(makeRequest()) as unknown as ServerResponse & ResponseInternals;
}

/** Records what a response does to its socket. */
class SocketProbe extends Writable {
  readonly calls: unknown[] = [];
  _httpMessage: unknown;
  override write(...args: unknown[]): boolean {
    this.calls.push(['write', args[0], args[1], typeof args[2]]);
    return true;
  }
  override cork(): void {
    this.calls.push('cork');
  }
  override uncork(): void {
    this.calls.push(['uncork', (this as unknown as { _writableState: { corked: number } })._writableState.corked]);
  }
}

function probed(): { res: ServerResponse & ResponseInternals; socket: SocketProbe } {
  const res = makeResponse();
  const socket = new SocketProbe();
  res.socket = socket as never;
  socket._httpMessage = res;
  res._storeHeader = function (firstLine) {
    this._header = firstLine;
    this._headerSent = true;
  };
  return { res, socket };
}

describe('of a response', () => {
  it('writeHead hands the head to _storeHeader: the first line, and its own fields', () => {
    const res = makeResponse();
    const calls: unknown[][] = [];
    res._storeHeader = (...args) => void calls.push(args);
    res.writeHead(404, { a: 'b' });
    expect(calls).toEqual([['HTTP/1.1 404 Not Found\r\n', { a: 'b' }]]);
  });

  it('_storeHeader gets what setHeader has stored, known by its identity', () => {
    const res = makeResponse();
    res.setHeader('X-A', ['1', '2']);
    let stored: unknown;
    let known = false;
    res._storeHeader = (_line, fields) => {
      stored = fields;
      known = isStored(res, fields);
    };
    res.writeHead(200);
    expect(stored).toEqual({ 'x-a': ['X-A', ['1', '2']] });
    expect(known).toBe(true);
    expect([isStored(res, { a: 'b' }), isStored(makeResponse(), undefined), isStored(makeResponse(), null)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('_header is null before the head, and headersSent looks at it', () => {
    const res = makeResponse();
    expect([res._header, res.headersSent]).toEqual([null, false]);
    res._header = 'HTTP/1.1 200 OK\r\n';
    expect(res.headersSent).toBe(true);
  });

  it('with _headerSent set, write gives the chunk alone to the socket, and corks it first', () => {
    const { res, socket } = probed();
    Object.defineProperty(socket, 'writableCorked', { value: 0 });
    res.write('abc', 'latin1');
    expect(socket.calls).toEqual(['cork', ['write', 'abc', 'latin1', 'function']]);
  });

  it('end corks, writes, sets corked to 1, uncorks and calls _finish', () => {
    const { res, socket } = probed();
    const before: unknown[] = [];
    res._finish = function () {
      before.push(...socket.calls, this.finished);
    };
    res.end('abc');
    const writes = before.filter((call): call is unknown[] => Array.isArray(call) && call[0] === 'write');
    expect([before[0], writes[0]?.[1]]).toEqual(['cork', 'abc']);
    expect(writes.some(([, , , callback]) => callback === 'function')).toBe(true);
    expect(before.at(-2)).toEqual(['uncork', 1]);
    expect(before.at(-1)).toBe(true);
  });

  it('what write could not place asks for a drain, once', () => {
    const { res, socket } = probed();
    socket.write = () => false;
    res.write('abc');
    expect([res.writableNeedDrain, takeNeedDrain(res), takeNeedDrain(res), res.writableNeedDrain]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('interim responses go to the socket as text, while there is no head', () => {
    const { res, socket } = probed();
    res.writeEarlyHints({ link: '</a.css>; rel=preload', 'x-more': '1' });
    const [, text] = socket.calls[0] as unknown[];
    expect(String(text).toLowerCase()).toBe(
      'http/1.1 103 early hints\r\nlink: </a.css>; rel=preload\r\nx-more: 1\r\n\r\n',
    );
    expect(res._header).toBeNull();
  });

  it('flushHeaders writes an empty chunk', () => {
    const { res, socket } = probed();
    res.flushHeaders();
    expect(socket.calls).toEqual([['write', '', undefined, 'undefined']]);
  });

  it('closed is what closeResponse sets, and close is emitted once', () => {
    const res = makeResponse();
    let closes = 0;
    res.on('close', () => closes++);
    closeResponse(res);
    closeResponse(res);
    expect([closes, res.closed, res.destroyed]).toEqual([1, true, true]);
  });
});

describe('of a request', () => {
  it('_addHeaderLines fills rawHeaders, and headers are made of them', () => {
    const req = makeRequest();
    req._addHeaderLines(['X-A', '1', 'x-a', '2'], 4);
    expect([req.rawHeaders, req.headers, { ...req.headersDistinct }]).toEqual([
      ['X-A', '1', 'x-a', '2'],
      { 'x-a': '1, 2' },
      { 'x-a': ['1', '2'] },
    ]);
  });

  it('reading it resumes its socket, and _consuming tells', () => {
    let resumed = 0;
    const socket = { readable: true, readableHighWaterMark: 1024, resume: () => resumed++, _paused: false };
    const req = new IncomingMessage(socket as never) as IncomingMessage & RequestInternals;
    expect(req._consuming).toBe(false);
    req.read();
    expect([req._consuming, resumed]).toEqual([true, 1]);
  });

  it('closeUnread leaves it as one that was read and closed', () => {
    const req = makeRequest();
    closeUnread(req);
    expect([req.complete, req.destroyed, req.closed, req.readableEnded, req.readable]).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('of a server', () => {
  it('the classes it was created with are found', () => {
    class Request extends IncomingMessage {}
    class Response extends ServerResponse {}
    const server = createServer({ IncomingMessage: Request, ServerResponse: Response as typeof ServerResponse });
    expect(messageClassesOf(server)).toEqual({ IncomingMessage: Request, ServerResponse: Response });
    expect(messageClassesOf(createServer())).toEqual({ IncomingMessage, ServerResponse });
    expect(messageClassesOf(undefined)).toEqual({ IncomingMessage, ServerResponse });
  });
});
