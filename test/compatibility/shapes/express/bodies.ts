/** Bodies of requests: parsers, limits, uploads. */
import { gzipSync } from 'node:zlib';
import { answersTrace, refusesExpectation } from '../excuses';
import { shape, shapeOf, type Shape, type ShapeRequest } from '../../shape';

const typed = (type: string, more: readonly (readonly [string, string])[] = []) =>
  [['Content-Type', type], ...more] as const;
const JSON_TYPE = typed('application/json');
const FORM = typed('application/x-www-form-urlencoded');

const parsed = (name: string, request: Omit<ShapeRequest, 'method'>, more: Partial<Shape> = {}): Shape =>
  shape('body parsers', name, { method: 'POST', ...request }, more);

const gzipped = gzipSync('{"a":1}');

const parserShapes: readonly Shape[] = [
  parsed('JSON', { target: '/bodies/json', fields: JSON_TYPE, body: '{"a":[1,"\u00e9"]}' }, { core: true }),
  parsed('JSON in chunks', { target: '/bodies/json', fields: JSON_TYPE, chunks: ['{"a"', ':1}'] }),
  parsed('JSON, slowly', { target: '/bodies/json', fields: JSON_TYPE, slowly: ['{', '"a"', ':', '2', '}'] }),
  parsed('JSON, broken', { target: '/bodies/json', fields: JSON_TYPE, body: '{"a":' }, { core: true }),
  parsed('JSON, no object', { target: '/bodies/json', fields: JSON_TYPE, body: '"text"' }),
  parsed('JSON, any', { target: '/bodies/json-any', fields: JSON_TYPE, body: '"text"' }),
  parsed('JSON, empty', { target: '/bodies/json', fields: JSON_TYPE, body: '' }),
  parsed(
    'JSON, too much',
    { target: '/bodies/json', fields: JSON_TYPE, body: `"${'x'.repeat(2000)}"` },
    { core: true },
  ),
  parsed('JSON, too much in chunks', {
    target: '/bodies/json',
    fields: JSON_TYPE,
    chunks: ['"', 'x'.repeat(2000), '"'],
  }),
  parsed('JSON of another charset', {
    target: '/bodies/json',
    fields: typed('application/json; charset=x-no'),
    body: '{}',
  }),
  parsed('JSON in UTF-16', {
    target: '/bodies/json',
    fields: typed('application/json; charset=utf-16'),
    body: Buffer.from('\ufeff{"a":"\u20ac"}', 'utf16le'),
  }),
  parsed('JSON that is another type', { target: '/bodies/json', fields: typed('text/plain'), body: '{}' }),
  parsed('JSON, compressed', {
    target: '/bodies/json',
    fields: typed('application/json', [['Content-Encoding', 'gzip']]),
    body: gzipped,
  }),
  parsed('JSON, compressed otherwise', {
    target: '/bodies/json',
    fields: typed('application/json', [['Content-Encoding', 'pigeon']]),
    body: '{}',
  }),
  parsed('JSON, refused by its verifier', { target: '/bodies/verified', fields: JSON_TYPE, body: '{}' }),
  parsed('a form', { target: '/bodies/form', fields: FORM, body: 'a=1&b[c]=2&b[d][]=3&e=%C3%A9+f' }),
  parsed('a form of many fields', { target: '/bodies/form', fields: FORM, body: 'a=1&'.repeat(20) }),
  parsed('a simple form', { target: '/bodies/form-simple', fields: FORM, body: 'a=1&a=2&b[c]=3' }),
  parsed('text', { target: '/bodies/text', fields: typed('text/plain'), body: 'a text' }),
  parsed('text in Latin-1', {
    target: '/bodies/text',
    fields: typed('text/plain; charset=iso-8859-1'),
    body: Buffer.from('caf\u00e9', 'latin1'),
  }),
  parsed('bytes', { target: '/bodies/raw', fields: typed('application/octet-stream'), body: Buffer.from([0, 255, 1]) }),
  parsed('nothing', { target: '/bodies/raw', body: '' }),
  parsed('no body at all', { target: '/bodies/json', fields: JSON_TYPE }),
  parsed('a body that nobody reads', { target: '/bodies/unread', body: 'x'.repeat(1000) }),
  parsed('a body that comes back', { target: '/bodies/piped', body: 'there and back' }),
  parsed('1 MB that comes back', { target: '/bodies/piped', body: 'there and back. '.repeat(65536) }),
  ...['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'GET'].map((method) =>
    shape('methods', `${method} with a body`, { method, target: '/bodies/method', body: 'a body' }),
  ),
  ...['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'REPORT', 'LINK', 'M-SEARCH', 'GET', 'HEAD'].map((method) =>
    shape('methods', `${method} without a body`, { method, target: '/bodies/method' }),
  ),
  shape('methods', 'TRACE', { method: 'TRACE', target: '/bodies/method' }, { excuses: [answersTrace] }),
];

const EXPECT = [...JSON_TYPE, ['Expect', '100-continue']] as const;

const expectShapes: readonly Shape[] = [
  shape('Expect', 'a body after 100', {
    ...{ method: 'POST', target: '/bodies/json', fields: EXPECT },
    ...{ body: '{"a":1}', continues: true },
  }),
  shape('Expect', 'a body that does not wait', { method: 'POST', target: '/bodies/json', fields: EXPECT, body: '{}' }),
  shape(
    'Expect',
    'something else',
    { target: '/', fields: [['Expect', 'miracles']] },
    { excuses: [refusesExpectation] },
  ),
];

const BOUNDARY = 'some-boundary';
const part = (disposition: string, content: string, type?: string) =>
  [
    `--${BOUNDARY}`,
    `Content-Disposition: form-data; ${disposition}`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
  ]
    .concat('', content)
    .join('\r\n');
const multipart = (target: string, ...parts: string[]): ShapeRequest => ({
  method: 'POST',
  target,
  fields: typed(`multipart/form-data; boundary=${BOUNDARY}`),
  body: Buffer.from(`${parts.join('\r\n')}\r\n--${BOUNDARY}--\r\n`),
});
const file = (content: string, field = 'file') => part(`name="${field}"; filename="a.txt"`, content, 'text/plain');
const field = (name: string, value: string) => part(`name="${name}"`, value);

const uploadShapes: readonly Shape[] = [
  shape('uploads', 'a file', multipart('/uploads/memory', field('a', '1'), file('content')), { core: true }),
  shape(
    'uploads',
    'a file with another name',
    multipart('/uploads/memory', part('name="file"; filename="\u00e9 b.txt"', 'x')),
  ),
  shape('uploads', 'no file', multipart('/uploads/memory', field('a', '1'))),
  shape('uploads', 'a file that is too large', multipart('/uploads/memory', file('x'.repeat(6000)))),
  shape('uploads', 'a file of another field', multipart('/uploads/memory', file('x', 'other'))),
  shape(
    'uploads',
    'too many fields',
    multipart('/uploads/memory', ...['a', 'b', 'c', 'd'].map((name) => field(name, '1'))),
  ),
  shape('uploads', 'several files', multipart('/uploads/several', file('one'), file('two'))),
  shape('uploads', 'too many files', multipart('/uploads/several', file('one'), file('two'), file('three'))),
  shape('uploads', 'a form without files', multipart('/uploads/none', field('a', '1'), field('b[c]', '2'))),
  shape('uploads', 'a file to the disk', multipart('/uploads/disk', file('to the disk'))),
  shape('uploads', '2 MB to the disk', multipart('/uploads/disk', file('to the disk. '.repeat(160000)))),
  shape('uploads', 'a form that breaks off', {
    ...multipart('/uploads/memory', file('x')),
    body: `--${BOUNDARY}\r\nContent-`,
  }),
  shape('uploads', 'a form without a boundary', {
    ...{ method: 'POST', target: '/uploads/memory', body: 'x' },
    fields: typed('multipart/form-data'),
  }),
  shape('uploads', '10 MB', { method: 'POST', target: '/bodies/count', body: 'ten megabytes '.repeat(750000) }),
  shape('uploads', '10 MB in chunks', {
    ...{ method: 'POST', target: '/bodies/count' },
    chunks: Array<string>(160).fill('ten megabytes '.repeat(4700)),
  }),
  shapeOf(
    'uploads',
    'one after the other on one connection',
    [multipart('/uploads/memory', file('one')), multipart('/uploads/disk', file('two')), { target: '/' }],
    { connection: 'kept' },
  ),
];

export const bodyShapes: readonly Shape[] = [...parserShapes, ...expectShapes, ...uploadShapes];
