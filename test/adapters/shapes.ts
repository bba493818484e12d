/** Requests and listeners of node:http: each must give the same under Node's own server and under the adapter. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, Readable } from 'node:stream';

export type Note = (what: string, value?: unknown) => void;

export interface Shape {
  name: string;
  method?: string;
  path?: string;
  fields?: readonly (readonly [string, string])[];
  body?: string;
  /** A body in chunked coding. */
  chunks?: readonly string[];
  protocol?: 'HTTP/1.0';
  listener: (req: IncomingMessage, res: ServerResponse, note: Note) => unknown;
  /** What the client does when the listener has noted this: it leaves. */
  leavesAt?: string;
  /** A body of which only the beginning comes, before the client leaves. */
  unfinished?: { declares: number; sends: string };
  /** The client cannot tell where Node leaves the connection hanging or breaks it without a response. */
  noReply?: true;
}

const shape = (name: string, listener: Shape['listener'], more: Omit<Shape, 'name' | 'listener'> = {}): Shape => ({
  name,
  listener,
  ...more,
});

const code = (call: () => unknown): unknown => {
  try {
    call();
    return 'no error';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

const collect = (req: IncomingMessage, done: (text: string) => void): void => {
  const pieces: Buffer[] = [];
  req.on('data', (piece: Buffer) => pieces.push(piece));
  req.on('end', () => {
    done(Buffer.concat(pieces).toString());
  });
};

const wholes: Shape[] = [
  shape('end with a string', (_req, res) => res.end('hello')),
  shape('end with a buffer', (_req, res) => res.end(Buffer.from([0, 1, 254, 255]))),
  shape('end with a Uint8Array', (_req, res) => res.end(new Uint8Array([104, 105]))),
  shape('end with nothing', (_req, res) => res.end()),
  shape('end with an empty string', (_req, res) => res.end('')),
  shape('end with text beyond ASCII', (_req, res) => res.end('caf\u00e9 \u20ac')),
  shape('end in an encoding', (_req, res) => res.end('caf\u00e9', 'latin1')),
  shape('end in hex', (_req, res) => res.end('68656c6c6f', 'hex')),
  shape('end in base64', (_req, res) => res.end('aGVsbG8=', 'base64')),
  shape('end in utf16le', (_req, res) => res.end('hi', 'utf16le')),
  shape('end calls back', (_req, res, note) => res.end('x', () => note('ended'))),
  shape('end with an encoding calls back', (_req, res, note) => res.end('x', 'utf8', () => note('ended'))),
  shape('end with a callback alone', (_req, res, note) => res.end(() => note('ended'))),
  shape('end returns this', (_req, res, note) => note('this', res.end('x') === res)),
  shape('end twice', (_req, res, note) => {
    res.end('x');
    note('again', res.end() === res);
  }),
  shape('end with data after the end', (_req, res, note) => {
    res.on('error', (error: NodeJS.ErrnoException) => note('error', error.code));
    res.end('x');
    res.end('y', () => undefined);
  }),
  shape('end a second time calls back with an error', (_req, res, note) => {
    res.on('finish', () => res.end((error?: NodeJS.ErrnoException) => note('again', error?.code)));
    res.end('x');
  }),
  shape('end later', (_req, res) => setImmediate(() => res.end('later'))),
  shape('end in a microtask', async (_req, res) => {
    await Promise.resolve();
    res.end('soon');
  }),
  shape('a large body at once', (_req, res) => res.end('x'.repeat(300_000))),
  shape('a large buffer later', (_req, res) => setImmediate(() => res.end(Buffer.alloc(1_000_000, 'y')))),
];

const heads: Shape[] = [
  shape('a status', (_req, res) => {
    res.statusCode = 404;
    res.end('no');
  }),
  shape('a reason of its own', (_req, res) => {
    res.statusCode = 200;
    res.statusMessage = 'Fine By Me';
    res.end('x');
  }),
  shape('a status without a name', (_req, res) => res.writeHead(299).end('x')),
  shape('writeHead with an object', (_req, res) => res.writeHead(201, { 'X-A': '1', 'x-b': ['2', '3'] }).end('x')),
  shape('writeHead with a reason', (_req, res) => res.writeHead(202, 'Later', { 'X-A': '1' }).end('x')),
  shape('writeHead with a flat array', (_req, res) =>
    res.writeHead(200, ['X-A', '1', 'X-A', '2', 'X-B', '3']).end('x'),
  ),
  shape('writeHead with pairs', (_req, res) =>
    res
      .writeHead(200, [
        ['X-A', '1'],
        ['X-A', '2'],
      ] as never)
      .end('x'),
  ),
  shape('writeHead with an odd array', (_req, res, note) => {
    note(
      'code',
      code(() => res.writeHead(200, ['X-A'])),
    );
    res.end('x');
  }),
  shape('writeHead over setHeader', (_req, res) => {
    res.setHeader('X-A', 'set');
    res.setHeader('X-B', 'set');
    res.writeHead(200, { 'x-a': 'written' }).end('x');
  }),
  shape('writeHead twice', (_req, res, note) => {
    res.writeHead(200);
    note(
      'code',
      code(() => res.writeHead(200)),
    );
    res.end('x');
  }),
  shape('writeHead with a bad status', (_req, res, note) => {
    note(
      'code',
      code(() => res.writeHead(99)),
    );
    note(
      'code',
      code(() => res.writeHead(1000)),
    );
    res.end('x');
  }),
  shape('a reason with a line end', (_req, res, note) => {
    note(
      'code',
      code(() => res.writeHead(200, 'a\r\nb')),
    );
    res.statusMessage = 'ok';
    res.end('x');
  }),
  shape('header validation', (_req, res, note) => {
    note(
      'name',
      code(() => res.setHeader('a b', '1')),
    );
    note(
      'value',
      code(() => res.setHeader('x', 'a\nb')),
    );
    note(
      'undefined',
      code(() => res.setHeader('x', undefined as never)),
    );
    note(
      'writeHead name',
      code(() => res.writeHead(200, { 'a b': '1' })),
    );
    note(
      'writeHead value',
      code(() => res.writeHead(200, { a: 'b\0' })),
    );
    note('sent', res.headersSent);
    res.end('x');
  }),
  shape('setHeader after the head', (_req, res, note) => {
    res.writeHead(200);
    note(
      'set',
      code(() => res.setHeader('x', '1')),
    );
    note(
      'append',
      code(() => res.appendHeader('x', '1')),
    );
    note(
      'remove',
      code(() => res.removeHeader('x')),
    );
    note('sent', res.headersSent);
    res.end('x');
  }),
  shape('cookies', (_req, res) => {
    res.setHeader('Set-Cookie', ['a=1', 'b=2']);
    res.appendHeader('Set-Cookie', 'c=3');
    res.end('x');
  }),
  shape('numbers as values', (_req, res) => {
    res.setHeader('X-N', 5);
    res.setHeader('Content-Length', 1);
    res.end('x');
  }),
  shape('values in Latin-1', (_req, res) => {
    res.setHeader('X-L', 'caf\u00e9');
    res.end(Buffer.from('x'));
  }),
  shape('removed headers', (_req, res) => {
    res.setHeader('X-A', '1');
    res.removeHeader('x-a');
    res.end('x');
  }),
  shape('what getters of the response say', (_req, res, note) => {
    res.setHeader('X-A', '1');
    note('names', res.getHeaderNames());
    note('headers', { ...res.getHeaders() });
    note('raw', (res as unknown as { getRawHeaderNames(): string[] }).getRawHeaderNames());
    note('before', [res.headersSent, res.finished, res.writableEnded, res.writableFinished, res.writableCorked]);
    res.end('x');
    note('after', [res.headersSent, res.finished, res.writableEnded, res.writable]);
  }),
  shape('hop-by-hop fields', (_req, res) => {
    res.setHeader('Connection', 'close');
    res.setHeader('Keep-Alive', 'timeout=1');
    res.setHeader('X-A', '1');
    res.end('x');
  }),
  shape('Transfer-Encoding by hand', (_req, res) => {
    res.setHeader('Transfer-Encoding', 'chunked');
    res.write('a');
    res.end('b');
  }),
  shape('a Date of its own', (_req, res) => {
    res.setHeader('Date', 'Thu, 01 Jan 1970 00:00:00 GMT');
    res.end('x');
  }),
  shape('trailers', (_req, res) => {
    res.writeHead(200, { 'Transfer-Encoding': 'chunked', Trailer: 'X-T' });
    res.write('a');
    res.addTrailers({ 'X-T': '1' });
    res.end();
  }),
];

const lengths: Shape[] = [
  shape('a declared length', (_req, res) => {
    res.setHeader('Content-Length', '4');
    res.write('ab');
    res.end('cd');
  }),
  shape('strict content length', (_req, res, note) => {
    res.strictContentLength = true;
    res.setHeader('Content-Length', '2');
    res.write('a');
    note(
      'write',
      code(() => res.write('bc')),
    );
    note(
      'end',
      code(() => res.end('bc')),
    );
    res.end('b');
  }),
  shape('HEAD with a body', (_req, res) => res.end('hello'), { method: 'HEAD' }),
  shape(
    'HEAD with a length',
    (_req, res) => {
      res.setHeader('Content-Length', 5);
      res.end();
    },
    { method: 'HEAD' },
  ),
  shape(
    'HEAD with writes',
    (_req, res, note) => {
      note('write', res.write('a'));
      res.write('b', () => note('written'));
      res.end('c', () => note('ended'));
    },
    { method: 'HEAD' },
  ),
  shape('HEAD with a stream', (_req, res) => Readable.from(['a', 'b']).pipe(res), { method: 'HEAD' }),
  shape('204', (_req, res) => res.writeHead(204).end()),
  shape('204 with a body', (_req, res) => res.writeHead(204).end('dropped')),
  shape('304', (_req, res) => res.writeHead(304, { ETag: '"a"' }).end()),
  shape('304 with a body', (_req, res) => {
    res.statusCode = 304;
    res.write('dropped');
    res.end('dropped');
  }),
];

const streams: Shape[] = [
  shape('writes and an end in one turn', (_req, res) => {
    res.write('a');
    res.write('b');
    res.end('c');
  }),
  shape('write, then end later', (_req, res) => {
    res.write('a');
    setImmediate(() => res.end('b'));
  }),
  shape('write, then an end with nothing', (_req, res) => {
    res.write('a');
    setImmediate(() => res.end());
  }),
  shape('callbacks of writes in order', (_req, res, note) => {
    res.write('a', () => note('a'));
    res.write(Buffer.from('b'), () => note('b'));
    res.write('c', 'latin1', () => note('c'));
    res.end('d', () => note('d'));
  }),
  shape('an empty write', (_req, res, note) => {
    note('write', res.write(''));
    note('sent', res.headersSent);
    setImmediate(() => res.end('x'));
  }),
  shape('write returns whether to go on', (_req, res, note) => {
    note('small', res.write('a'));
    note('large', res.write(Buffer.alloc(200_000)));
    note('need', res.writableNeedDrain);
    res.once('drain', () => {
      note('drained', [res.writableLength, res.writableNeedDrain]);
      res.end('z');
    });
  }),
  shape('write of null', (_req, res, note) => {
    note(
      'null',
      code(() => res.write(null as never)),
    );
    note(
      'number',
      code(() => res.write(1 as never)),
    );
    note(
      'object',
      code(() => res.write({} as never)),
    );
    res.end('x');
  }),
  shape('write after the end', (_req, res, note) => {
    res.on('error', (error: NodeJS.ErrnoException) => note('error', error.code));
    res.end('x');
    note(
      'write',
      res.write('y', (error) => note('callback', (error as NodeJS.ErrnoException | undefined)?.code)),
    );
  }),
  shape('cork and uncork', (_req, res, note) => {
    res.cork();
    res.write('a');
    res.write('b');
    note('corked', res.writableCorked > 0);
    res.uncork();
    setImmediate(() => res.end('c'));
  }),
  shape('flushHeaders', (_req, res, note) => {
    res.setHeader('X-A', '1');
    res.flushHeaders();
    note('sent', res.headersSent);
    setImmediate(() => res.end('x'));
  }),
  shape('a pipe', (_req, res, note) => {
    res.on('pipe', () => note('pipe'));
    Readable.from([Buffer.alloc(100_000, 'a'), Buffer.alloc(100_000, 'b')]).pipe(res);
  }),
  shape('a pipe through', (_req, res) => {
    const through = new PassThrough();
    through.pipe(res);
    through.write('a');
    setImmediate(() => through.end('b'));
  }),
  shape('many small writes', async (_req, res) => {
    for (let index = 0; index < 50; index++) {
      res.write(`${index} `);
      await new Promise((resolve) => setImmediate(resolve));
    }
    res.end();
  }),
  shape('HTTP/1.0', (_req, res) => res.end('old'), { protocol: 'HTTP/1.0' }),
  shape(
    'HTTP/1.0 with a stream',
    (_req, res) => {
      res.write('a');
      setImmediate(() => res.end('b'));
    },
    { protocol: 'HTTP/1.0' },
  ),
];

const requests: Shape[] = [
  shape(
    'what the request says of itself',
    (req, res, note) => {
      note('line', [req.method, req.url, req.httpVersion, req.httpVersionMajor, req.httpVersionMinor]);
      note('headers', req.headers);
      note('distinct', { ...req.headersDistinct });
      note('trailers', [req.trailers, req.rawTrailers]);
      note('state', [req.complete, req.aborted, req.destroyed, req.readable, req.readableEnded]);
      note('raw', req.rawHeaders);
      res.end('x');
    },
    {
      path: '/a%20b/c?x=1&y=%2F',
      fields: [
        ['X-One', '1'],
        ['x-two', 'a'],
        ['X-Two', 'b'],
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
        ['Set-Cookie', 'odd'],
        ['User-Agent', 'first'],
        ['User-Agent', 'second'],
        ['X_Under', 'u'],
      ],
    },
  ),
  shape(
    'a body with a length',
    (req, res, note) => {
      collect(req, (text) => {
        note('complete', [req.complete, req.readableEnded]);
        res.end(text);
      });
    },
    { method: 'POST', body: 'hello body' },
  ),
  shape('a body in chunks', (req, res) => collect(req, (text) => res.end(text)), {
    method: 'POST',
    chunks: ['one ', 'two ', 'three'],
  }),
  shape('a body of no bytes', (req, res) => collect(req, (text) => res.end(`[${text}]`)), { method: 'POST', body: '' }),
  shape('reading where there is no body', (req, res) => collect(req, (text) => res.end(`[${text}]`))),
  shape('resume without a listener', (req, res) => {
    req.on('end', () => res.end('over'));
    req.resume();
  }),
  shape(
    'iteration',
    async (req, res) => {
      let size = 0;
      for await (const piece of req) {
        size += (piece as Buffer).length;
      }
      res.end(String(size));
    },
    { method: 'PUT', body: 'x'.repeat(100_000) },
  ),
  shape('an echo', (req, res) => req.pipe(res), { method: 'POST', body: 'z'.repeat(50_000) }),
  shape(
    'setEncoding',
    (req, res) => {
      req.setEncoding('utf8');
      let text = '';
      req.on('data', (piece: string) => (text += piece));
      req.on('end', () => res.end(text));
    },
    { method: 'POST', body: 'caf\u00e9 \u20ac' },
  ),
  shape('a body that nobody reads', (_req, res) => res.end('no, thanks'), { method: 'POST', body: 'x'.repeat(1000) }),
  shape('a response before the body is read', (req, res, note) => {
    req.on('end', () => note('request read'));
    res.end('early');
  }),
  shape('a request read after the response', (req, res, note) => {
    res.on('close', () => setImmediate(() => note('destroyed', [req.destroyed, req.complete])));
    res.end('x');
  }),
  shape('OPTIONS', (req, res) => res.end(req.method), { method: 'OPTIONS' }),
  shape('a method of its own', (req, res) => res.end(req.method), { method: 'PROPFIND' }),
  shape(
    'Expect: 100-continue',
    (req, res) => {
      collect(req, (text) => res.end(text));
    },
    { method: 'POST', body: 'abc', fields: [['Expect', '100-continue']] },
  ),
  shape('Expect of something else', (_req, res) => res.end('never'), { fields: [['Expect', 'the-unexpected']] }),
  shape('sockets', (req, res, note) => {
    const { socket } = req;
    note('same', [req.connection === socket, res.socket === socket, res.connection === socket]);
    note('facts', [socket.remoteAddress, socket.remoteFamily, typeof socket.remotePort, socket.localAddress]);
    note('encrypted', (socket as { encrypted?: boolean }).encrypted);
    note('state', [socket.destroyed, socket.writable, socket.readable]);
    note('chain', [socket.setNoDelay() === socket, socket.setKeepAlive() === socket, socket.setTimeout(0) === socket]);
    res.on('finish', () => note('detached', res.socket));
    res.end('x');
  }),
  shape('timeouts', (_req, res, note) => {
    res.setTimeout(20, () => {
      note('timeout');
      res.end('x');
    });
  }),
];

const failures: Shape[] = [
  shape('the client leaves before the response', (_req, _res, note) => note('waiting'), {
    leavesAt: 'waiting',
    noReply: true,
  }),
  shape(
    'the client leaves while the response is sent',
    (_req, res, note) => {
      res.write('a');
      setImmediate(() => note('half'));
    },
    { leavesAt: 'half', noReply: true },
  ),
  shape(
    'the client leaves while it sends',
    (req, _res, note) => {
      req.on('error', (error: NodeJS.ErrnoException) => note('request error', [error.code, error.message]));
      req.on('data', () => note('data'));
    },
    { leavesAt: 'data', method: 'POST', unfinished: { declares: 10, sends: 'abc' }, noReply: true },
  ),
  shape(
    'a write after the client has left',
    (_req, res, note) => {
      res.on('close', () => {
        note(
          'write',
          res.write('late', (error) => note('callback', (error as NodeJS.ErrnoException | null)?.code)),
        );
        note('state', [res.destroyed, res.writableEnded, res.writableFinished]);
      });
      note('waiting');
    },
    { leavesAt: 'waiting', noReply: true },
  ),
  shape(
    'destroy of the response in mid-body',
    (_req, res, note) => {
      res.write('a');
      setImmediate(() => {
        note('this', res.destroy() === res);
        note('destroyed', [res.destroyed, res.writableFinished]);
      });
    },
    { noReply: true },
  ),
  shape(
    'destroy of the response with an error',
    (_req, res, note) => {
      res.on('error', () => note('never'));
      res.write('a');
      setImmediate(() => {
        res.destroy(new Error('boom'));
        note('errored', String(res.errored));
      });
    },
    { noReply: true },
  ),
  shape(
    'destroy of the request',
    (req, res, note) => {
      res.write('a');
      setImmediate(() => {
        req.destroy();
        note('aborted', [req.aborted, req.destroyed]);
      });
    },
    { noReply: true },
  ),
  shape(
    'destroy of the socket',
    (req, res) => {
      res.write('a');
      setImmediate(() => req.socket.destroy());
    },
    { noReply: true },
  ),
];

export const shapes: readonly Shape[] = [...wholes, ...heads, ...lengths, ...streams, ...requests, ...failures];
