/** What a listener sees of the request. */
import { collect, shape, type Shape } from './shape';

export const requests: readonly Shape[] = [
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
    req.on('close', () => note('state', [req.destroyed, req.complete, req.readableEnded]));
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
