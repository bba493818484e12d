/** Declared lengths, and responses without content. */
import { Readable } from 'node:stream';
import { code, shape, type Shape } from './shape';

export const lengths: readonly Shape[] = [
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
