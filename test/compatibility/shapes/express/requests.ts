/** Routing, what requests tell of themselves, sessions. */
import { closesAfterFailure, cutsRanges, dropsAuthority, dropsUnderscores, joinsFields, normalises } from '../excuses';
import { shape, shapeOf, type Shape } from '../../shape';

const route = (name: string, target: string, more: Partial<Shape> = {}): Shape =>
  shape('routing', name, { target: `/routes${target}` }, more);

const routeShapes: readonly Shape[] = [
  route('the root of an application', '/'),
  route('the root of an application without its slash', ''),
  route('a parameter', '/users/7?a=1&b=2', { core: true }),
  route('an escaped parameter', '/users/caf%C3%A9%2Fx'),
  route('two parameters', '/users/7/books/8'),
  route('a parameter that is checked', '/checked/good'),
  route('a parameter that is refused', '/checked/bad'),
  route('an application in an application', '/inner/deep?x'),
  route('the root of an application in an application', '/inner'),
  route('merged parameters', '/merged/7/deep'),
  route('a strict router', '/strict/Path'),
  route('a strict router, another case', '/strict/path'),
  route('a strict router, a slash more', '/strict/Path/'),
  route('middleware', '/middleware/a/b?c=d'),
  route('middleware of several paths', '/other'),
  route('several methods', '/several'),
  ...['POST', 'DELETE', 'OPTIONS', 'HEAD'].map((method) =>
    shape('routing', `several methods, ${method}`, { method, target: '/routes/several' }),
  ),
  ...['GET', 'PUT', 'OPTIONS', 'HEAD'].map((method) =>
    shape('routing', `all methods, ${method}`, { method, target: '/routes/all' }),
  ),
];

const url = (name: string, target: string, more: Partial<Shape> = {}): Shape =>
  shape('targets', name, { target: `/requests/url${target}` }, more);

const targetShapes: readonly Shape[] = [
  url('a query', '?a=1&a=2&b[]=3&b[c]=4'),
  url('an empty query', '?'),
  url('a query with a question mark', '?a=?&b=/../'),
  url('a query with escapes', '?a=%26%C3%A9+x&b=%zz'),
  url('a query of raw bytes', '?a=\u00e9'),
  shape('targets', 'two slashes', { target: '/requests//url' }, { excuses: [normalises()] }),
  shape('targets', 'two slashes at the beginning', { target: '//requests/url' }, { excuses: [normalises()] }),
  shape('targets', 'dots', { target: '/static/../requests/url' }, { excuses: [normalises()] }),
  shape('targets', 'a dot', { target: '/requests/./url' }, { excuses: [normalises()] }),
  shape('targets', 'an escaped letter', { target: '/requests/u%72l' }),
  shape('targets', 'a semicolon', { target: '/requests/url;a=1' }),
  shape(
    'targets',
    'a whole URL',
    {
      raw: 'GET http://localhost/requests/url HTTP/1.1\r\nHost: localhost\r\n\r\n',
      target: '',
    },
    { excuses: [dropsAuthority] },
  ),
  shape('targets', 'a long query', { target: `/requests/url?a=${'x'.repeat(6000)}` }),
];

const forwarded = [
  ['X-Forwarded-For', '192.0.2.1, 10.1.1.1'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Host', 'www.example.org'],
] as const;

const requestShapes: readonly Shape[] = [
  shape('requests', 'who asks', { target: '/requests/who' }),
  shape('requests', 'who asks by HTTP/1.0', { target: '/requests/who', protocol: 'HTTP/1.0' }),
  shape('requests', 'who asks with a port', { target: '/requests/who', fields: [['Host', 'a.b.example.org:8080']] }),
  shape('requests', 'who asks by XMLHttpRequest', {
    target: '/requests/who',
    fields: [['X-Requested-With', 'XMLHttpRequest']],
  }),
  shape('trust proxy', 'no trust', { target: '/requests/who', fields: forwarded }),
  shape('trust proxy', 'trust', { target: '/requests/trusting/who', fields: forwarded }, { core: true }),
  shape('trust proxy', 'trust by addresses', { target: '/requests/careful/who', fields: forwarded }),
  shape(
    'requests',
    'fields',
    {
      target: '/requests/headers',
      fields: [['x-LOWER-Upper', 'a'], ['X-Two', '1'], ['X-Two', '2'], ['Cookie', 'a=1'], ['Cookie', 'b=2'], ['User-Agent', 'x'], ['User-Agent', 'y'], ['X-Empty', '']], // prettier-ignore
    },
    { excuses: [joinsFields] },
  ),
  shape('requests', 'a field in Latin-1', { target: '/requests/headers', fields: [['X-Latin', 'caf\u00e9']] }),
  shape(
    'requests',
    'a field with an underscore',
    { target: '/requests/headers', fields: [['X_Under', '1']] },
    { excuses: [dropsUnderscores] },
  ),
  shape('requests', 'Authorization', { target: '/requests/headers', fields: [['Authorization', 'Basic YTpi']] }),
  shape(
    'requests',
    'what is accepted',
    {
      target: '/requests/accepts',
      fields: [['Accept', 'text/html;q=0.5, application/json'], ['Accept-Language', 'de, en;q=0.3'], ['Accept-Encoding', 'gzip'], ['Range', 'bytes=0-9,20-']], // prettier-ignore
    },
    { excuses: [cutsRanges(['nginx'], ['field accept-ranges']), cutsRanges(['Apache'], ['*'])] },
  ),
  shape('requests', 'a type', {
    method: 'POST',
    target: '/requests/is',
    fields: [['Content-Type', 'application/json']],
    body: '{}',
  }),
  shape('requests', 'Upgrade to a WebSocket', {
    target: '/requests/who',
    fields: [['Connection', 'Upgrade'], ['Upgrade', 'websocket'], ['Sec-WebSocket-Version', '13'], ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==']], // prettier-ignore
  }),
];

/** Another each time: the session, and when a cookie ends. */
const PASSING: readonly (readonly [RegExp, string])[] = [
  [/sid=[^;]+/g, 'sid=…'],
  [/Expires=[^;]+/g, 'Expires=…'],
];
const sessions = (path: string) => ({ target: `/sessions${path}`, cookies: true }) as const;
const FORM = [['Content-Type', 'application/x-www-form-urlencoded']] as const;

const sessionShapes: readonly Shape[] = [
  shape('cookies', 'cookies that are baked', sessions('/bake'), { masks: PASSING }),
  shape('cookies', 'cookies that are cleared', sessions('/clear')),
  shape('cookies', 'cookies that are read', {
    target: '/sessions/cookies',
    fields: [['Cookie', 'a=1; b=%20c; j=j:{"x":1}; a=2']],
  }),
  shapeOf('cookies', 'cookies that come back', [sessions('/bake'), sessions('/cookies')], { masks: PASSING }),
  shapeOf('sessions', 'visits', [sessions('/visits'), sessions('/visits'), sessions('/peek')], {
    core: true,
    masks: PASSING,
  }),
  shape('sessions', 'no session', sessions('/peek'), { masks: PASSING }),
  shape('sessions', 'a session of somebody else', { target: '/sessions/peek', fields: [['Cookie', 'sid=s%3Ax.y']] }),
  shapeOf(
    'sessions',
    'sign in and out',
    [
      { ...sessions('/sign-in'), method: 'POST', fields: FORM, body: 'user=me' },
      sessions('/who'),
      { ...sessions('/sign-out'), method: 'POST' },
      sessions('/who'),
    ],
    { masks: PASSING },
  ),
];

const connectionShapes: readonly Shape[] = [
  shapeOf('connections', 'three requests on one', [{ target: '/' }, { target: '/view' }, { method: 'HEAD', target: '/' }], { connection: 'kept', core: true }), // prettier-ignore
  shapeOf('connections', 'five requests at once', ['/', '/view', '/nowhere', '/responses/no-length', '/static/hello.txt'].map((target) => ({ target })), { connection: 'pipelined' }), // prettier-ignore
  shapeOf(
    'connections',
    'bodies at once',
    [
      { method: 'POST', target: '/bodies/text', fields: [['Content-Type', 'text/plain']], body: 'one' },
      { method: 'POST', target: '/bodies/piped', chunks: ['two', 'three'] },
      { method: 'POST', target: '/bodies/unread', body: 'four' },
      { target: '/' },
    ],
    { connection: 'pipelined' },
  ),
  shapeOf('connections', 'on after an error', [{ target: '/errors/thrown' }, { target: '/' }], {
    connection: 'kept',
    excuses: [closesAfterFailure],
  }),
  shape('connections', 'HTTP/1.0', { target: '/', protocol: 'HTTP/1.0' }),
  shape('connections', 'HTTP/1.0 without a length', { target: '/responses/no-length', protocol: 'HTTP/1.0' }),
  shape('connections', 'close', { target: '/', fields: [['Connection', 'close']] }),
];

export const inputShapes: readonly Shape[] = [
  ...routeShapes,
  ...targetShapes,
  ...requestShapes,
  ...sessionShapes,
  ...connectionShapes,
];
