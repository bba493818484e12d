/** What Express makes of a response, views, compression, errors. */
import { headInUtf8, joinsVary } from '../excuses';
import { shape, type Shape } from '../../shape';

const responses = (name: string, target: string, more: Partial<Shape> = {}): Shape =>
  shape('responses', name, { target: `/responses${target}` }, more);
const accept = (value: string) => [['Accept', value]] as const;

const responseShapes: readonly Shape[] = [
  shape('responses', 'hello', { target: '/' }, { core: true }),
  shape('responses', 'hello, HEAD', { method: 'HEAD', target: '/' }),
  responses('a string', '/string'),
  responses('a buffer', '/buffer'),
  responses('an object', '/object'),
  responses('null', '/null'),
  responses('JSON', '/json'),
  responses('JSONP', '/jsonp?cb=call.back'),
  responses('JSONP without a name', '/jsonp'),
  responses('a redirect', '/redirect', { core: true }),
  shape('responses', 'a redirect for HTML', { target: '/responses/redirect', fields: accept('text/html') }),
  shape('responses', 'a redirect, HEAD', { method: 'HEAD', target: '/responses/redirect' }),
  responses('a relative redirect', '/redirect-301'),
  responses('a redirect elsewhere', '/redirect-out'),
  responses('Location', '/location'),
  responses('Vary', '/vary', { excuses: [joinsVary] }),
  responses('Link', '/links'),
  responses('a type', '/type'),
  responses('fields of several values', '/append'),
  responses('a field in Latin-1', '/latin1', { excuses: [headInUtf8('x-latin')] }),
  ...[200, 201, 204, 205, 304, 402, 404, 418, 500, 503].map((code) => responses(`status ${code}`, `/status/${code}`)),
  responses('a status without a name', '/status/299'),
  ...[204, 205, 304].map((code) => responses(`a body with ${code}`, `/body-of/${code}`)),
  responses('a reason of its own', '/reason'),
  responses('an entity tag', '/etag'),
  shape('responses', 'an entity tag that matches', {
    target: '/responses/etag',
    fields: [['If-None-Match', '"mine"']],
  }),
  shape('responses', 'fresh, but it is asked again', {
    target: '/responses/etag',
    fields: [['If-None-Match', '"mine"'], ['Cache-Control', 'no-cache']], // prettier-ignore
  }),
  responses('a body without a length', '/no-length'),
  responses('a length by hand', '/length'),
  responses('nothing', '/nothing'),
  ...['text/plain', 'text/html', 'application/json', '*/*', 'image/png'].map((type) =>
    shape('responses', `format for ${type}`, { target: '/responses/format', fields: accept(type) }),
  ),
  shape('views', 'a page', { target: '/view' }),
  shape('views', 'a page, HEAD', { method: 'HEAD', target: '/view' }),
  shape('views', 'a page that is not there', { target: '/view/missing' }),
];

const gzip = [['Accept-Encoding', 'gzip']] as const;

const compressed = (name: string, target: string, encoding?: string, method = 'GET'): Shape =>
  shape('compression', name, {
    method,
    target: `/compressed${target}`,
    fields: encoding === undefined ? [] : [['Accept-Encoding', encoding]],
  });

const compressionShapes: readonly Shape[] = [
  shape('compression', 'a text', { target: '/compressed/text', fields: gzip }, { core: true }),
  compressed('a text, HEAD', '/text', 'gzip', 'HEAD'),
  compressed('a text, deflated', '/text', 'deflate'),
  compressed('a text by Brotli', '/text', 'br'),
  compressed('a text, as it is', '/text'),
  compressed('a text that may not be', '/untransformed', 'gzip'),
  compressed('a short text', '/short', 'gzip'),
  compressed('a picture', '/image', 'gzip'),
  compressed('JSON', '/json', 'gzip'),
  compressed('a flushed stream', '/flushed', 'gzip'),
  compressed('a file', '/static/numbers.txt', 'gzip'),
];

const failing = (name: string, target: string, more: Partial<Shape> = {}): Shape =>
  shape('errors', name, { target: `/errors${target}` }, more);

/** That the response was destroyed, and that it was not complete. */
const BROKEN_OFF = [/TSGI1002/, /TSGI2024/, /TSGI4024/];

const errorShapes: readonly Shape[] = [
  failing('thrown', '/thrown', { core: true }),
  shape('errors', 'thrown, HEAD', { method: 'HEAD', target: '/errors/thrown' }),
  failing('a string is thrown', '/thrown-string'),
  failing('thrown with a status', '/thrown-status'),
  failing('passed to next', '/next'),
  failing('passed to next, later', '/later'),
  failing('the next route', '/next-route'),
  failing('after the head', '/after-headers', { logs: BROKEN_OFF }),
  failing('the response is destroyed', '/destroyed', { logs: BROKEN_OFF }),
  failing('handled', '/handled', { core: true }),
  shape('errors', 'nothing there', { target: '/nowhere' }, { core: true }),
  shape('errors', 'nothing there, POST', { method: 'POST', target: '/nowhere', body: 'x' }),
  shape('errors', 'nothing there, with markup', { target: '/<script>' }),
  shape('errors', 'another method', { method: 'PUT', target: '/routes/several' }),
];

/** Express 4 leaves it to the application what becomes of a promise that rejects. */
export const rejectionShapes: readonly Shape[] = [failing('rejected', '/rejected', { core: true })];

export const outputShapes: readonly Shape[] = [...responseShapes, ...compressionShapes, ...errorShapes];
