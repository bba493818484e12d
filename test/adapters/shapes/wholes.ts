/** Responses that end in one piece. */
import { shape, type Shape } from './shape';

export const wholes: readonly Shape[] = [
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
