import { compatible } from './family';
import { fetchShapes } from './shapes/fetch';
import { honoServeShapes, honoShapes } from './shapes/hono';

const hono = { package: 'hono', streamed: true } as const;

compatible('fetch', [
  { application: { ...hono, name: 'Hono, serve()', file: 'hono-serve.mjs' }, shapes: honoServeShapes },
  {
    application: { ...hono, name: 'Hono, exported', file: 'hono-fetch.mts', plain: 'plain/hono-fetch.mjs' },
    shapes: honoShapes,
  },
  {
    application: { name: 'fetch handler', file: 'fetch.mjs', plain: 'plain/fetch.mjs', streamed: true },
    shapes: fetchShapes,
  },
]);
