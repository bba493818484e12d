/** What shows where an application is mounted. */
import { pathOfApplications } from '../excuses';
import { shape, shapeOf, type Shape } from '../../shape';

const get = (feature: string, name: string, target: string, more: Partial<Shape> = {}): Shape =>
  shape(feature, name, { target }, more);

export const belowShapes: readonly Shape[] = [
  get('mounts', 'the root', '/'),
  get('mounts', 'the prefix alone', ''),
  get('mounts', 'the prefix and a query', '?a=1'),
  get('mounts', 'an application in an application', '/routes/inner/deep?x', { excuses: [pathOfApplications] }),
  get('mounts', 'a router', '/routes/merged/7/deep', { excuses: [pathOfApplications] }),
  get('mounts', 'middleware of a path', '/routes/middleware/a/b?c=d'),
  get('mounts', 'escapes', '/requests/url/?a=%26'),
  get('mounts', 'nothing there', '/nowhere'),
  get('mounts', 'nothing there, with a query', '/nowhere?a=<b>'),
  get('mounts', 'an error', '/errors/thrown'),
  get('redirects', 'a folder without its slash', '/static/folder'),
  get('redirects', 'a folder without its slash, with a query', '/static/folder?a=1'),
  get('redirects', 'to a path', '/responses/redirect'),
  get('redirects', 'to a relative path', '/responses/redirect-301'),
  get('static files', 'a file', '/static/hello.txt'),
  shape('static files', 'a range', { target: '/static/numbers.txt', fields: [['Range', 'bytes=8-23']] }),
  shape('bodies', 'JSON', {
    ...{ method: 'POST', target: '/bodies/json', body: '{"a":1}' },
    fields: [['Content-Type', 'application/json']],
  }),
  shapeOf('cookies', 'cookies that come back', [
    { target: '/sessions/visits', cookies: true },
    { target: '/sessions/visits', cookies: true },
  ], { masks: [[/sid=[^;]+/g, 'sid=…']] }), // prettier-ignore
];
