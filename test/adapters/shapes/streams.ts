/** Responses in several pieces. */
import { PassThrough, Readable } from 'node:stream';
import { code, shape, type Shape } from './shape';

export const streams: readonly Shape[] = [
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
