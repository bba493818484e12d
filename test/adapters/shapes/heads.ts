/** Heads: status, reason and fields. */
import { code, shape, type Shape } from './shape';

export const heads: readonly Shape[] = [
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
