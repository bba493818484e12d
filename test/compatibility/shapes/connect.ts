/** For the application of connect. */
import { shape, type Shape } from '../shape';

const JSON_TYPE = [['Content-Type', 'application/json']] as const;
const get = (feature: string, name: string, target: string, more: Partial<Shape> = {}): Shape =>
  shape(feature, name, { target }, more);

export const connectShapes: readonly Shape[] = [
  get('requests', 'GET', '/', { core: true }),
  shape('requests', 'HEAD', { method: 'HEAD', target: '/' }, { core: true }),
  get('requests', 'nothing there', '/nowhere', { core: true }),
  shape('requests', 'nothing there, POST', { method: 'POST', target: '/nowhere', body: 'x' }),
  get('middleware', 'a prefix', '/where/a/b?c=d', { core: true }),
  get('middleware', 'a prefix alone', '/where'),
  get('middleware', 'a prefix and a query', '/where?c=d'),
  shape('middleware', 'cookies', { target: '/cookies', fields: [['Cookie', 'a=1; b=%20']] }, { core: true }),
  shape('middleware', 'JSON', { method: 'POST', target: '/json', fields: JSON_TYPE, body: '{"a":1}' }, { core: true }),
  shape(
    'middleware',
    'JSON, broken',
    { method: 'POST', target: '/json', fields: JSON_TYPE, body: '{' },
    { core: true },
  ),
  shape('middleware', 'JSON, too much', { method: 'POST', target: '/json', fields: JSON_TYPE, body: `"${'x'.repeat(200)}"` }), // prettier-ignore
  shape('middleware', 'compression', { target: '/compressed', fields: [['Accept-Encoding', 'gzip']] }, { core: true }),
  get('middleware', 'no compression', '/compressed'),
  get('static files', 'a file', '/static/hello.txt', { core: true }),
  shape(
    'static files',
    'a range',
    { target: '/static/numbers.txt', fields: [['Range', 'bytes=8-15']] },
    { core: true },
  ),
  get('static files', 'a folder', '/static/folder', { core: true }),
  get('static files', 'nothing there', '/static/nowhere'),
  get('errors', 'thrown', '/throws', { core: true }),
  get('errors', 'with a status', '/teapot', { core: true }),
  get('errors', 'handled', '/handled', { core: true }),
  get('streams', 'pieces', '/stream', { core: true }),
];
