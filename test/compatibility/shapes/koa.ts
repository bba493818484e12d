/** For the site of Koa. */
import { shape, shapeOf, type Shape } from '../shape';

const forget = { method: 'DELETE', target: '/events' };
const json = [['Content-Type', 'application/json']] as const;

export const koaShapes: readonly Shape[] = [
  shape('requests', 'GET', { target: '/' }, { core: true }),
  shape('requests', 'HEAD', { method: 'HEAD', target: '/' }),
  shape('requests', 'HEAD of a stream', { method: 'HEAD', target: '/stream' }),
  shape('requests', 'HTTP/1.0', { target: '/', protocol: 'HTTP/1.0' }),
  shape('requests', 'a parameter and a query', { target: '/users/caf%C3%A9%2Fx?a=1&b=2&a=3&c=%20' }, { core: true }),
  shape('requests', 'nothing there', { target: '/nowhere' }),
  shape('requests', 'a method that is not allowed', { method: 'PUT', target: '/login' }),
  shape('requests', 'a method that is not implemented', { method: 'PROPFIND', target: '/login' }),
  shape('requests', 'OPTIONS', { method: 'OPTIONS', target: '/login' }),
  shape('requests', 'content negotiation', {
    target: '/accepts',
    fields: [['Accept', 'text/html;q=0.9, application/json;q=0.1']],
  }),
  shapeOf('requests', 'several on a connection', [{ target: '/' }, { target: '/nowhere' }, { target: '/users/7' }], {
    connection: 'kept',
  }),
  shape('proxies', 'a client behind a proxy', {
    target: '/client',
    fields: [
      ['X-Forwarded-For', '203.0.113.7, 198.51.100.2'],
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Host', 'example.com'],
    ],
  }),
  shape('proxies', 'a client without one', { target: '/client' }),
  shape('bodies', 'JSON', { method: 'POST', target: '/body', body: '{"a":[1,2,"ü"]}', fields: json }, { core: true }),
  shape('bodies', 'JSON in chunks', { method: 'POST', target: '/body', chunks: ['{"a"', ':1}'], fields: json }),
  shape('bodies', 'broken JSON', { method: 'POST', target: '/body', body: '{"a":', fields: json }),
  shape('bodies', 'JSON above the limit of the parser', {
    method: 'POST',
    target: '/body',
    body: JSON.stringify('x'.repeat(4096)),
    fields: json,
  }),
  shape('bodies', 'a form', {
    method: 'POST',
    target: '/body',
    body: 'a=1&b=%C3%BC',
    fields: [['Content-Type', 'application/x-www-form-urlencoded']],
  }),
  shape('bodies', 'a compressed body that is broken', {
    method: 'POST',
    target: '/body',
    body: 'not gzip',
    fields: [...json, ['Content-Encoding', 'gzip']],
  }),
  shape('bodies', 'none', { method: 'POST', target: '/body' }),
  shape('bodies', 'one that arrives slowly', { method: 'POST', target: '/count', slowly: ['one', 'two', 'three'] }),
  shape('bodies', 'a large one', { method: 'POST', target: '/count', body: 'x'.repeat(3 << 20) }),
  shape('bodies', 'Expect: 100-continue', {
    method: 'POST',
    target: '/count',
    continues: true,
    body: 'awaited',
    fields: [['Expect', '100-continue']],
  }),
  shape('bodies', 'one that nobody reads', { method: 'DELETE', target: '/events', body: 'x'.repeat(1000) }),
  shapeOf('cookies', 'signed', [{ target: '/login' }, { target: '/me', cookies: true }], { core: true }),
  shape('cookies', 'a forged one', { target: '/me', fields: [['Cookie', 'user=eve; user.sig=AAAA; theme=light']] }),
  shape('redirects', 'with characters to be escaped', { target: '/redirect' }),
  shape('redirects', 'for a browser', { target: '/redirect', fields: [['Accept', 'text/html']] }),
  shape('redirects', 'to another site', { target: '/moved' }),
  shape('redirects', 'of the router', { target: '/old' }),
  shape('conditional', 'an entity tag', {
    target: '/',
    fields: [['If-None-Match', '"4-6DJJvTunmTLhb7H7UQDa+t6ZVMI"']],
  }),
  shape('conditional', 'another entity tag', { target: '/', fields: [['If-None-Match', '"other"']] }),
  shape('conditional', 'a date', {
    target: '/modified',
    fields: [['If-Modified-Since', 'Tue, 02 Jan 2024 03:04:05 GMT']],
  }),
  shape('conditional', 'a date before', {
    target: '/modified',
    fields: [['If-Modified-Since', 'Mon, 01 Jan 2024 03:04:05 GMT']],
  }),
  shape('files', 'a file', { target: '/hello.txt' }),
  shape('files', 'HEAD of a file', { method: 'HEAD', target: '/site.css' }),
  shape('files', 'a file as attachment', { target: '/download' }),
  shape('statuses', '204', { target: '/empty' }),
  shape('statuses', 'a body that is null', { target: '/null' }),
  shape('errors', 'ctx.throw with fields', { target: '/throw/403' }, { core: true }),
  shape('errors', 'ctx.throw of a server error', { target: '/throw/503' }),
  shape('errors', 'ctx.assert', { target: '/assert' }),
  shape('errors', 'caught by a middleware', { target: '/answered' }),
  shapeOf('errors', "an exception, told to the application's listener", [
    forget,
    { target: '/breaks' },
    { target: '/events', repeatsUntil: /broken on purpose/ },
  ]),
  shape('streams', 'a stream', { target: '/stream' }, { core: true }),
  shape('streams', 'a large one with its length', { target: '/large' }),
  shape('streams', 'a body of the Fetch standard', { target: '/web-stream' }),
  shape('streams', 'a Blob', { target: '/blob' }),
  shape('streams', 'the head first', { target: '/early' }),
  shape('streams', 'written by hand', { target: '/by-hand' }),
  shapeOf(
    'streams',
    'one that breaks',
    [forget, { target: '/stream-breaks' }, { target: '/events', repeatsUntil: /the stream broke.*the stream broke/ }],
    { logs: [/TSGI1002/, /TSGI[24]024/] },
  ),
  shapeOf('events', 'until their end', [
    forget,
    { target: '/ticks?last=5' },
    { target: '/events', repeatsUntil: /ticks closed/ },
  ]),
  shapeOf('events', 'until the client leaves', [
    forget,
    { target: '/ticks', leavesAfter: 40 },
    { target: '/events', repeatsUntil: /ticks closed/ },
  ]),
  shapeOf(
    'uploads',
    'the client leaves',
    [
      forget,
      {
        method: 'PUT',
        target: '/upload',
        unfinished: { declares: 1000, sends: 'the beginning', until: { target: '/events', body: /upload begun/ } },
      },
      { target: '/events', repeatsUntil: /upload closed.*error/ },
    ],
    {
      excuses: [
        {
          servers: ['nginx', 'Apache'],
          differs: ['3: body', '3: length'],
          reason:
            "Node's parser takes the end of a connection within a body for a malformed message, which Koa's listener for errors hears of besides; the web servers say that the client has left.",
        },
      ],
    },
  ),
];
