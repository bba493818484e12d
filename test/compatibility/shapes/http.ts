/** For the servers of node:http alone. */
import { shape, shapeOf, type Shape } from '../shape';
import {
  answersForDestroyed,
  answersTrace,
  asksForBody,
  refusesExpectation,
  cutsRanges,
  judgesRequest,
  listensOnAll,
  noInterim,
  noUpgrade,
} from './excuses';

const get = (feature: string, name: string, target: string, more: Partial<Shape> = {}): Shape =>
  shape(feature, name, { target }, more);
const post = (name: string, target: string, more: object, rest: Partial<Shape> = {}): Shape =>
  shape('bodies', name, { method: 'POST', target, ...more }, rest);

/** That a response was not complete, in the words of each server. */
const BROKEN_OFF = [/TSGI100[12]/, /TSGI2024/, /TSGI4024/];

export const httpShapes: readonly Shape[] = [
  get('requests', 'GET', '/', { core: true }),
  shape('requests', 'HEAD', { method: 'HEAD', target: '/' }, { core: true }),
  get('requests', 'a path that is not there', '/nowhere', { core: true }),
  get('requests', 'facts', '/facts', { excuses: [listensOnAll] }),
  ...['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'SEARCH', 'PURGE', 'MKCOL'].map((method) =>
    shape('requests', method, { method, target: '/echo', body: 'x' }),
  ),
  shape('requests', 'TRACE', { method: 'TRACE', target: '/echo' }, { excuses: [answersTrace] }),
  shape('requests', 'HTTP/1.0', { target: '/', protocol: 'HTTP/1.0' }),
  shape('requests', 'a method in lower case', { method: 'get', target: '/' }, { excuses: [judgesRequest(['*'])] }),
  shape('requests', 'no Host', { raw: 'GET / HTTP/1.1\r\n\r\n', target: '/' }, { excuses: [judgesRequest(['*'])] }),
  shape(
    'requests',
    'a field name that is none',
    { raw: 'GET / HTTP/1.1\r\nHost: localhost\r\nA B: 1\r\n\r\n', target: '/' },
    { excuses: [judgesRequest(['*'])] },
  ),
  shape(
    'requests',
    'a head of 20 KB',
    { target: '/', fields: Array.from({ length: 20 }, (_, index) => [`X-${index}`, 'x'.repeat(1000)] as const) },
    { excuses: [judgesRequest(['*'])] },
  ),
  post('a length', '/echo?a=1', { body: 'text' }, { core: true }),
  post('chunks', '/echo', { chunks: ['a', 'bc'] }, { core: true }),
  post('no body', '/echo', {}),
  post('an empty body', '/echo', { body: '' }),
  post('an iterated body', '/iterated', { body: 'x'.repeat(300000) }),
  post('a slow body', '/echo', { slowly: ['slow', ' and ', 'steady'] }),
  post('a body that nobody reads', '/never-read', { body: 'x'.repeat(1000) }),
  shape('bodies', 'GET with a body', { target: '/echo', body: 'text' }),
  get('responses', 'a raw head', '/raw', { core: true }),
  get('responses', 'cookies', '/cookies', { core: true }),
  get('responses', 'a length and pieces', '/length'),
  shape('responses', 'a length, HEAD', { method: 'HEAD', target: '/length' }),
  get('responses', 'a response that is too short', '/short', { logs: BROKEN_OFF }),
  get('responses', 'trailers', '/trailers'),
  get('responses', 'early hints', '/hints', { excuses: [noInterim(['nginx'])] }),
  get('responses', '102', '/processing', { excuses: [noInterim()] }),
  ...[200, 204, 205, 304, 299, 404, 500, 511].map((code) =>
    get('responses', `status ${code} with a body`, `/status?code=${code}`),
  ),
  get('responses', 'what is refused', '/refused'),
  get('responses', 'Latin-1', '/latin1'),
  get('responses', 'Connection: close', '/hop'),
  get('responses', 'a write after the end', '/late'),
  get('streams', 'a file', '/file'),
  shape('streams', 'a file, a range', { target: '/file', fields: [['Range', 'bytes=0-9']] }),
  shape('streams', 'a length, a range', { target: '/', fields: [['Range', 'bytes=0-1']] }, { excuses: [cutsRanges(['nginx', 'Apache'], ['*'])] }), // prettier-ignore
  get('streams', 'a file that is not there', '/missing'),
  get('streams', 'a hundred chunks', '/chunks', { core: true }),
  get('streams', 'corked', '/corked'),
  get('streams', 'a timeout', '/timeout'),
  get('streams', 'nothing but its end', '/destroyed', { excuses: [answersForDestroyed], logs: BROKEN_OFF }),
  shapeOf(
    'connections',
    'three on one',
    ['/', '/chunks', '/raw'].map((target) => ({ target })),
    { connection: 'kept' },
  ),
  shapeOf(
    'connections',
    'three at once',
    ['/', '/chunks', '/raw'].map((target) => ({ target })),
    {
      connection: 'pipelined',
      core: true,
    },
  ),
];

const expecting = (value: string) => [['Expect', value]] as const;

export const eventShapes: readonly Shape[] = [
  get('requests', 'GET', '/', { core: true }),
  get('requests', 'nothing there', '/nowhere', { core: true }),
  get('errors', 'thrown', '/throws', { core: true }),
  get('errors', 'thrown with a status', '/teapot', { core: true }),
  get('errors', 'thrown after a beginning', '/broken'),
  post('a body', '/upload', { body: 'x'.repeat(500) }, { core: true }),
  post('too large a body', '/upload', { body: 'x'.repeat(5000) }),
  post('too large a body in chunks', '/upload', { chunks: Array<string>(10).fill('x'.repeat(500)) }),
  shape('Expect', 'a body after 100', { method: 'POST', target: '/upload', fields: expecting('100-continue'), body: 'x', continues: true }), // prettier-ignore
  shape('Expect', 'a body that is refused', { method: 'POST', target: '/upload', fields: expecting('100-continue'), body: 'x'.repeat(200), continues: true }, { excuses: [asksForBody] }), // prettier-ignore
  shape('Expect', 'something else', { target: '/', fields: expecting('miracles') }, { excuses: [refusesExpectation] }),
];

const UPGRADE = [['Connection', 'Upgrade'], ['Upgrade', 'echo']] as const; // prettier-ignore

export const upgradeShapes: readonly Shape[] = [
  get('requests', 'GET', '/', { core: true }),
  shape('Upgrade', 'another protocol', { target: '/', fields: UPGRADE }, { core: true, excuses: [noUpgrade] }),
];
