/** Streams, and clients that leave. */
import { shape, shapeOf, type Shape } from '../../shape';

const stream = (name: string, target: string, more: Partial<Shape> = {}): Shape =>
  shape('streams', name, { target: `/streams${target}` }, more);

const told = (id: string, body: RegExp) => ({ target: `/aborts/told/${id}`, repeatsUntil: body });

export const streamShapes: readonly Shape[] = [
  stream('events', '/events'),
  stream('a file that is piped', '/file'),
  shape('streams', 'a file that is piped, HEAD', { method: 'HEAD', target: '/streams/file' }),
  stream('slow pieces', '/slow', { core: true }),
  shape('streams', 'slow pieces, HEAD', { method: 'HEAD', target: '/streams/slow' }),
  shape('streams', 'slow pieces by HTTP/1.0', { target: '/streams/slow', protocol: 'HTTP/1.0' }),
  stream('a head that goes before', '/flushed'),
  stream('what a generator makes', '/generated'),
  stream('many small writes', '/many'),
  stream('10 MB', '/big'),
  stream('10 MB in pieces', '/big-streamed'),
  stream('10 MB with a length', '/big-declared'),
  shapeOf('clients that leave', 'none', [{ target: '/aborts/tried/whole/whole' }, told('whole', /req close/)]),
  shapeOf('clients that leave', 'in the middle of a stream', [
    { target: '/aborts/tried/endless/endless', leavesAfter: 20 },
    told('endless', /req close/),
  ], { core: true }), // prettier-ignore
  shapeOf('clients that leave', 'in the middle of a flood', [
    { target: '/aborts/tried/flooding/flooding', leavesAfter: 100000 },
    told('flooding', /req close/),
  ]),
];

/** Of an application that gets a body while it arrives. */
export const abortedUploadShapes: readonly Shape[] = [
  shape('uploads', 'a body that is whole', { method: 'POST', target: '/aborts/tried/whole/upload', body: 'x' }), // prettier-ignore
  shapeOf('clients that leave', 'in the middle of a body', [
    {
      ...{ method: 'POST', target: '/aborts/tried/upload/upload' },
      unfinished: {
        declares: 1000,
        sends: 'a beginning',
        until: { target: '/aborts/told/upload', body: /received 11/ },
      },
    },
    told('upload', /req close/),
  ]),
];
