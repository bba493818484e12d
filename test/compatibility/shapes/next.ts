/** For the application of Next.js: both routers, middleware, static files. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { shape, shapeOf, type Shape } from '../shape';
import { excused, joinsVary, normalises, refusesTarget } from './excuses';
import { FILES_ARE_NEW, form, part } from './multipart';

const json = [['Content-Type', 'application/json']] as const;

/** What tells errors apart, of stacks; what is another for each request; and whether somebody has asked for an image before. */
const MASKS = [
  [/(digest\W{1,9}|dgst=")\d+/g, '$1N'],
  [/(?<="\$\w+",")[\w-]{22}(?=",\{)/g, 'ID'],
  [/\b(?:MISS|STALE|HIT)\b/g, 'HIT'],
] as const;

/** The port is only in the address that the application believes it listens on. */
const PORT = [/localhost:\d+/g, 'localhost:N'] as const;

const get = (feature: string, name: string, target: string, fields: readonly (readonly [string, string])[] = []) =>
  shape(feature, name, { target, fields }, { masks: [...MASKS, PORT] });

/** What varies by several fields. */
const varying = (shapes: readonly Shape[]): Shape[] =>
  shapes.map((one) => {
    const { length } = one.requests;
    const differs = one.requests.map((_, index) => `${length > 1 ? `${index + 1}: ` : ''}field vary`);
    return { ...one, excuses: [{ ...joinsVary, differs }] };
  });

/** `standalone`: what `next build` has made. */
export const nextShapes = (standalone: string): readonly Shape[] => [
  ...varying(pages),
  ...varying(routes),
  ...excused([...before, ...staticFiles(standalone), ...failures, ...older], {
    'middleware: rewrites': [joinsVary],
    'redirects: of a page': [joinsVary],
    'redirects: slashes in a row': [normalises()],
    'errors: nothing there': [joinsVary],
    'errors: nobody there': [joinsVary],
    'errors: a page that throws': [joinsVary],
    'errors: an escape that is none': [refusesTarget()],
    'pages router: its data': [joinsVary],
  }),
];

const pages: readonly Shape[] = [
  get('pages', 'prerendered', '/'),
  shape('pages', 'HEAD', { method: 'HEAD', target: '/' }),
  shape('pages', 'HTTP/1.0', { target: '/', protocol: 'HTTP/1.0' }),
  get('pages', 'compressed', '/', [['Accept-Encoding', 'gzip']]),
  get('pages', 'that the client has', '/', [['If-None-Match', '*']]),
  get('pages', 'rendered', '/people/ada?a=1&b=%C3%BC&a=2', [['User-Agent', 'a browser']]),
  get('pages', 'a name that is encoded', '/people/J%C3%BCrgen%20M'),
  get('pages', 'a cookie', '/people/ada', [['Cookie', 'who=me; other=1']]),
  get('pages', 'in the format of the router', '/people/ada', [['RSC', '1']]),
  get('pages', 'streamed', '/slow'),
  get('pages', 'streamed and compressed', '/slow', [['Accept-Encoding', 'gzip']]),
  get('pages', 'files by path', '/told'),
  shape('pages', 'POST', { method: 'POST', target: '/people/ada', body: 'a=1' }, { masks: MASKS }),
  shapeOf('pages', 'several on a connection', [{ target: '/' }, { target: '/api/hello' }, { target: '/people/x' }], {
    connection: 'kept',
  }),
];

const routes: readonly Shape[] = [
  get('route handlers', 'GET', '/api/hello?x=1&x=2'),
  shape('route handlers', 'HEAD of a handler', { method: 'HEAD', target: '/api/hello' }),
  shape('route handlers', 'OPTIONS', { method: 'OPTIONS', target: '/api/hello' }),
  shape('route handlers', 'no such method', { method: 'DELETE', target: '/api/hello' }),
  shape('route handlers', 'a text', { method: 'POST', target: '/api/hello', body: 'some text' }),
  shape('route handlers', 'a text in pieces', { method: 'POST', target: '/api/hello', slowly: ['some ', 'text'] }),
  shape('route handlers', 'a large text', { method: 'POST', target: '/api/hello', body: 'x'.repeat(3_000_000) }),
  shape('route handlers', 'JSON', { method: 'PUT', target: '/api/hello', body: '{"a":[1,"ü"]}', fields: json }),
  shape(
    'route handlers',
    'JSON that is none',
    { method: 'PUT', target: '/api/hello', body: '{', fields: json },
    { masks: MASKS },
  ),
  shapeOf('route handlers', 'cookies that come back', [
    { method: 'POST', target: '/api/hello', body: '' },
    { target: '/api/hello', cookies: true },
  ]),
  shape(
    'route handlers',
    'a form with a file',
    { method: 'POST', target: '/api/form', ...form(part('a', 'text'), part('b', 'x'.repeat(5000), 'b.txt')) },
    { logs: FILES_ARE_NEW },
  ),
  get('streams', 'a response in pieces', '/api/stream'),
  shape('streams', 'there and back', { method: 'POST', target: '/api/stream', slowly: ['one ', 'two ', 'three'] }),
  shapeOf('streams', 'a client that leaves', [
    { target: '/api/events', leavesAfter: 30 },
    { target: '/api/left', repeatsUntil: /true/ },
  ]),
];

const before: readonly Shape[] = [
  get('middleware', 'redirects', '/gate'),
  get('middleware', 'rewrites', '/rewritten?a=1'),
  get('middleware', 'answers', '/refused'),
  get('redirects', 'configured', '/old?a=1'),
  get('redirects', 'of a page', '/moved'),
  get('redirects', 'a slash too many', '/people/ada/'),
  get('redirects', 'slashes in a row', '//people//ada'),
];

const staticFiles = (standalone: string): readonly Shape[] => {
  const [css = ''] = readdirSync(join(standalone, '.next/static/css'));
  const image = (fields: readonly (readonly [string, string])[]) =>
    shapeOf('images', `${fields.length > 0 ? 'in another format' : 'another size'}`, [
      { target: '/_next/image?url=%2Fpixel.png&w=64&q=75', fields },
    ], { masks: MASKS }); // prettier-ignore
  return [
    get('static files', 'of the build', `/_next/static/css/${css}`),
    get('static files', 'of the build, missing', '/_next/static/css/missing.css'),
    get('static files', 'a file', '/hello.txt'),
    shape('static files', 'HEAD of a file', { method: 'HEAD', target: '/hello.txt' }),
    get('static files', 'a range', '/hello.txt', [['Range', 'bytes=6-9']]),
    get('static files', 'a range that is none', '/hello.txt', [['Range', 'bytes=900-']]),
    get('static files', 'a file that the client has', '/hello.txt', [
      ['If-Modified-Since', 'Fri, 01 Jan 2100 00:00:00 GMT'],
    ]),
    get('static files', 'bytes', '/pixel.png'),
    image([]),
    image([['Accept', 'image/webp']]),
    get('images', 'of what is none', '/_next/image?url=%2Fhello.txt&w=64&q=75'),
    get('images', 'of a size that is not allowed', '/_next/image?url=%2Fpixel.png&w=63&q=75'),
  ];
};

const failures: readonly Shape[] = [
  get('errors', 'nothing there', '/nowhere?a=1'),
  get('errors', 'nobody there', '/people/nobody'),
  get('errors', 'a page that throws', '/broken'),
  shape('errors', 'an escape that is none', { target: '/people/%zz' }, { logs: [/AH10244/] }),
];

const older: readonly Shape[] = [
  get('pages router', 'a page', '/old-way?y=2'),
  get('pages router', 'an API', '/api/echo?a=1', [['Cookie', 'who=me']]),
  shape('pages router', 'JSON to an API', { method: 'POST', target: '/api/echo', body: '{"a":1}', fields: json }),
  shape('pages router', 'what is no JSON to an API', { method: 'POST', target: '/api/echo', body: '{', fields: json }),
  shape('pages router', 'a form', {
    method: 'POST',
    target: '/api/echo',
    body: 'a=1&b=2',
    fields: [['Content-Type', 'application/x-www-form-urlencoded']],
  }),
  shape('pages router', 'too large a body', { method: 'POST', target: '/api/echo', body: 'x'.repeat(2_000_000) }),
  get('pages router', 'a redirect', '/api/echo?to=/'),
  get('pages router', 'its data', '/_next/data/none/old-way.json'),
];
