/** For the site of Hono, however it is served. */
import { shape, shapeOf, type Shape } from '../shape';
import { excused, joinsVary, noTypeWithoutBody } from './excuses';
import { FILES_ARE_NEW, form, part } from './multipart';

const forget = { method: 'DELETE', target: '/events' };
const json = [['Content-Type', 'application/json']] as const;

export const honoShapes: readonly Shape[] = [
  shape('requests', 'GET', { target: '/' }, { core: true }),
  shape('requests', 'HEAD', { method: 'HEAD', target: '/' }),
  shape('requests', 'HTTP/1.0', { target: '/', protocol: 'HTTP/1.0' }),
  shape('requests', 'a path with escapes', { target: '/where/caf%C3%A9?a=%20b&a=2' }),
  shape('requests', 'the URL', { target: '/where?a=%20b&a=2' }, { core: true }),
  shape('requests', 'a parameter', { target: '/users/7?a=1&a=2' }),
  shape('requests', 'a parameter that is none', { target: '/users/seven' }),
  shape('requests', 'an application below another', { target: '/api/v1/things' }),
  shape('requests', 'a method that is not there', { method: 'PROPFIND', target: '/' }),
  shapeOf('requests', 'several on a connection', [{ target: '/' }, { target: '/nowhere' }, { target: '/where' }], {
    connection: 'kept',
  }),
  shape('middleware', 'cors', { target: '/api/v1/things', fields: [['Origin', 'https://example.com']] }),
  shape(
    'middleware',
    'cors, a question before',
    {
      method: 'OPTIONS',
      target: '/api/v1/things',
      fields: [
        ['Origin', 'https://example.com'],
        ['Access-Control-Request-Method', 'DELETE'],
        ['Access-Control-Request-Headers', 'X-One, X-Two'],
      ],
    },
    { excuses: [joinsVary] },
  ),
  shape('middleware', 'secure headers', { target: '/secure/page' }),
  shape('middleware', 'basic auth without credentials', { target: '/private/page' }),
  shape('middleware', 'basic auth', { target: '/private/page', fields: [['Authorization', 'Basic YW5uOnNlY3JldA==']] }),
  shape('middleware', 'compress', { target: '/small/page', fields: [['Accept-Encoding', 'gzip']] }),
  shape('middleware', 'compress what is small', { target: '/small/tiny', fields: [['Accept-Encoding', 'gzip']] }),
  shape('middleware', 'pretty JSON', { target: '/pretty?pretty' }),
  shapeOf('middleware', 'logger', [forget, { target: '/redirect' }, { target: '/said' }]),
  shape('bodies', 'JSON', { method: 'POST', target: '/json', body: '{"a":[1,"ü"]}', fields: json }, { core: true }),
  shape('bodies', 'broken JSON', { method: 'POST', target: '/json', body: '{"a":', fields: json }),
  shape('bodies', 'a form', {
    method: 'POST',
    target: '/form',
    body: 'a=1&a=2&b=%C3%BC',
    fields: [['Content-Type', 'application/x-www-form-urlencoded']],
  }),
  shape('bodies', 'counted', { method: 'POST', target: '/count', body: 'x'.repeat(300_000) }),
  shape('bodies', 'counted, in chunks', { method: 'POST', target: '/count', chunks: ['a', 'bc'] }),
  shape('bodies', 'none', { method: 'POST', target: '/count' }),
  shape('bodies', 'sent back', { method: 'POST', target: '/echo', body: 'x'.repeat(200_000) }),
  shape('bodies', 'one that arrives slowly', { method: 'POST', target: '/echo', slowly: ['one', 'two', 'three'] }),
  shape('bodies', 'within a limit', { method: 'POST', target: '/limited', body: 'x'.repeat(1000) }),
  shape('bodies', 'above a limit', { method: 'POST', target: '/limited', body: 'x'.repeat(2000) }),
  shape('bodies', 'in chunks above a limit', {
    method: 'POST',
    target: '/limited',
    chunks: ['x'.repeat(1000), 'y'.repeat(1000)],
  }),
  shape(
    'uploads',
    'fields and files',
    {
      method: 'POST',
      target: '/upload',
      ...form(part('name', 'ann'), part('file', 'x'.repeat(20_000), 'a ü.txt', 'text/plain'), part('name', 'bob')),
    },
    { logs: FILES_ARE_NEW },
  ),
  shapeOf('uploads', 'the client leaves', [
    forget,
    {
      method: 'PUT',
      target: '/told/upload',
      unfinished: { declares: 1000, sends: 'the beginning', until: { target: '/events', body: /upload begun/ } },
    },
    { target: '/events', repeatsUntil: /upload failed/ },
  ]),
  shapeOf('cookies', 'signed', [{ target: '/login' }, { target: '/me', cookies: true }], { core: true }),
  shape('cookies', 'a forged one', { target: '/me', fields: [['Cookie', 'user=eve.AAAA; theme=light']] }),
  shape('redirects', 'within the site', { target: '/redirect' }),
  shape('redirects', 'to another site', { target: '/moved' }),
  shape('conditional', 'an entity tag is made', { target: '/tagged/page' }),
  shape('conditional', 'an entity tag', {
    target: '/tagged/page',
    fields: [['If-None-Match', '"36adb2c7a0ab7a7d8fbc72ae4deb3acb7bb8a0f5"']],
  }),
  shape('statuses', '204', { target: '/empty' }),
  shape('statuses', '304', { target: '/not-modified' }),
  shape('statuses', 'a reason of its own', { target: '/raw' }),
  shape('statuses', 'bytes', { target: '/bytes' }),
  shape('statuses', 'HTML', { target: '/html' }),
  shape('errors', 'an exception', { target: '/throws' }, { core: true }),
  shape('errors', 'an HTTPException', { target: '/forbidden' }),
  shape('errors', 'an HTTPException with its response', { target: '/custom' }),
  shape('errors', 'nothing there', { target: '/nowhere' }),
  shape('streams', 'text', { target: '/stream-text' }, { core: true }),
  shape('streams', 'HEAD of a stream', { method: 'HEAD', target: '/stream-text' }),
  shape('streams', 'a large one', { target: '/large' }),
  shape(
    'streams',
    'one that breaks',
    { target: '/stream-breaks' },
    { logs: [/the stream broke/, / {4}at /, /TSGI1002/, /TSGI[24]024/] },
  ),
  shape('events', 'until their end', { target: '/sse' }),
  shapeOf('events', 'until the client leaves', [
    forget,
    { target: '/told/ticks', leavesAfter: 20 },
    { target: '/events', repeatsUntil: /left/ },
  ]),
  shapeOf('events', 'the client leaves before an answer', [
    forget,
    { target: '/told/waits', unfinished: { declares: 0, sends: '', until: { target: '/events', body: /waiting/ } } },
    { target: '/events', repeatsUntil: /left/ },
  ]),
];

/** With what the server of Hono for Node has: files, the client, and a type for every response. */
export const honoServeShapes: readonly Shape[] = [
  ...excused(honoShapes, {
    'middleware: cors, a question before': [noTypeWithoutBody],
    'statuses: 204': [noTypeWithoutBody],
    'statuses: 304': [noTypeWithoutBody],
  }),
  shape('files', 'a file', { target: '/public/hello.txt' }),
  shape('files', 'HEAD of a file', { method: 'HEAD', target: '/public/hello.txt' }),
  shape('files', 'a range', { target: '/public/hello.txt', fields: [['Range', 'bytes=6-9']] }),
  shape('files', 'the end of a file', { target: '/public/hello.txt', fields: [['Range', 'bytes=-5']] }),
  shape('files', 'a file that is not there', { target: '/public/none.txt' }),
  shape('files', 'the index of a folder', { target: '/public/' }),
  shape('proxies', 'the client', { target: '/client' }),
];
