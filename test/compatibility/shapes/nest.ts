/** For the API of NestJS, whatever it stands on. */
import { shape, shapeOf, type Shape } from '../shape';
import { excused, joinsVary, noLengthWith204 } from './excuses';
import { form, part } from './multipart';

const forget = { method: 'DELETE', target: '/api/events' };
const json = [['Content-Type', 'application/json']] as const;

export const nestShapes: readonly Shape[] = [
  shape('requests', 'GET', { target: '/api' }, { core: true }),
  shape('requests', 'HEAD', { method: 'HEAD', target: '/api' }),
  shape('requests', 'HTTP/1.0', { target: '/api', protocol: 'HTTP/1.0' }),
  shape('requests', 'outside the prefix', { target: '/' }),
  shape('requests', 'nothing there', { target: '/api/nowhere?a=1' }),
  shape('requests', 'OPTIONS', { method: 'OPTIONS', target: '/api/users' }),
  shape('requests', 'the hooks of its start', { target: '/api/started' }),
  shape('requests', 'a client behind a proxy', {
    target: '/api/client',
    fields: [
      ['X-Forwarded-For', '203.0.113.7'],
      ['User-Agent', 'a browser'],
    ],
  }),
  shapeOf(
    'requests',
    'several on a connection',
    [{ target: '/api' }, { target: '/api/nowhere' }, { target: '/api/users/7' }],
    {
      connection: 'kept',
    },
  ),
  shape('pipes', 'a parameter', { target: '/api/users/7?a=1' }, { core: true }),
  shape('pipes', 'a parameter that is none', { target: '/api/users/seven' }),
  shape('pipes', 'a body', { method: 'POST', target: '/api/people', body: '{"name":"ann","age":7}', fields: json }),
  shape(
    'pipes',
    'a body that is none',
    { method: 'POST', target: '/api/people', body: '{"age":"7"}', fields: json },
    { core: true },
  ),
  shape('guards', 'without a token', { target: '/api/private' }),
  shape('guards', 'with a token', { target: '/api/private', fields: [['Authorization', 'Bearer token']] }),
  shape('interceptors', 'an envelope', { target: '/api/enveloped' }),
  shape('bodies', 'broken JSON', { method: 'POST', target: '/api/body', body: '{"a":', fields: json }),
  shape('bodies', 'JSON in chunks', { method: 'POST', target: '/api/body', chunks: ['{"a"', ':1}'], fields: json }),
  shape('bodies', 'a form', {
    method: 'POST',
    target: '/api/body',
    body: 'a=1&b=%C3%BC',
    fields: [['Content-Type', 'application/x-www-form-urlencoded']],
  }),
  shape('bodies', 'none', { method: 'POST', target: '/api/body' }),
  shape('bodies', 'above the limit', {
    method: 'POST',
    target: '/api/body',
    body: `"${'x'.repeat(2 << 20)}"`,
    fields: json,
  }),
  shape('redirects', 'to another site', { target: '/api/redirect' }),
  shape('redirects', 'within the site', { target: '/api/redirect/users' }),
  shape('statuses', '204', { method: 'DELETE', target: '/api/users/7' }),
  shape('statuses', 'null', { target: '/api/null' }),
  shape('cookies', 'by hand', { target: '/api/by-hand' }),
  shape('errors', 'an exception', { target: '/api/throws' }, { core: true }),
  shape('errors', 'an exception of HTTP', { target: '/api/forbidden' }),
  shape('errors', 'for a filter', { target: '/api/conflict' }),
  shape('streams', 'a file', { target: '/api/streams/file' }, { core: true }),
  shape('streams', 'bytes with their length', { target: '/api/streams/bytes' }),
  shape('streams', 'a large one', { target: '/api/streams/large' }),
  shape('streams', 'a file that is not there', { target: '/api/streams/missing' }),
  shape('events', 'until their end', { target: '/api/streams/ticks?last=3' }, { core: true }),
  shapeOf('events', 'until the client leaves', [
    forget,
    { target: '/api/streams/ticks', leavesAfter: 40 },
    { target: '/api/events', repeatsUntil: /ticks over/ },
  ]),
  shapeOf('events', 'the client leaves before an answer', [
    forget,
    {
      target: '/api/streams/waits',
      unfinished: { declares: 0, sends: '', until: { target: '/api/events', body: /waiting/ } },
    },
    { target: '/api/events', repeatsUntil: /left/ },
  ]),
];

/** With what the platform of Express has. */
export const nestExpressShapes: readonly Shape[] = [
  ...excused(nestShapes, {
    'requests: OPTIONS': [noLengthWith204, joinsVary],
    'redirects: to another site': [joinsVary],
    'redirects: within the site': [joinsVary],
  }),
  shape('conditional', 'an entity tag', {
    target: '/api',
    fields: [['If-None-Match', 'W/"4-6DJJvTunmTLhb7H7UQDa+t6ZVMI"']],
  }),
  shape(
    'requests',
    'CORS',
    {
      method: 'OPTIONS',
      target: '/api/people',
      fields: [
        ['Origin', 'https://example.com'],
        ['Access-Control-Request-Method', 'POST'],
      ],
    },
    { excuses: [noLengthWith204, joinsVary] },
  ),
  shape('uploads', 'a file and a field', {
    method: 'POST',
    target: '/api/uploads',
    ...form(part('name', 'ann'), part('file', 'x'.repeat(20_000), 'a.txt', 'text/plain')),
  }),
  shape('uploads', 'several files', {
    method: 'POST',
    target: '/api/uploads/many',
    ...form(part('one', '1', 'one.txt'), part('two', '22', 'two.txt')),
  }),
  shape('uploads', 'a file above the limit', {
    method: 'POST',
    target: '/api/uploads',
    ...form(part('file', 'x'.repeat(40_000), 'large.txt', 'text/plain')),
  }),
];
