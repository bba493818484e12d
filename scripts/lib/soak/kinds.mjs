/** The mix of a soak: what is asked for, how often, and what the whole answer is. */
import { createHash } from 'node:crypto';

/** @typedef {import('../load/clients.mjs').Kind} Kind */

export const FILE = Buffer.alloc(256 * 1024, 'file ');
export const STATIC = Buffer.from('a file of the server itself\n');

const HELLO = Buffer.from('hello, world\n');
const EVENTS = Buffer.from([1, 2, 3, 4, 5].map((n) => `data: ${n}\n\n`).join(''));
const DOWNLOAD = Buffer.concat(Array.from({ length: 16 }, () => Buffer.alloc(65536, 'soak ')));

const upload = (/** @type {number} */ size) => Buffer.alloc(size, 'upload ');
const SMALL = upload(1000);
const SPOOLED = upload(300_000);
const CHUNKED = upload(20_000);

/**
 * @param {string} path
 * @param {readonly string[]} [fields]
 */
const get = (path, fields = []) => head('GET', path, fields);

/**
 * @param {string} method
 * @param {string} path
 * @param {readonly string[]} fields
 */
const head = (method, path, fields) =>
  Buffer.from([`${method} ${path} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n'), 'latin1');

/** @param {Buffer} body */
const post = (body) => Buffer.concat([head('POST', '/app/upload', [`Content-Length: ${body.length}`]), body]);

/** @param {Buffer} body */
function postChunked(body) {
  const pieces = [body.subarray(0, 1), body.subarray(1, 8000), body.subarray(8000)];
  const chunks = pieces.flatMap((piece) => [
    Buffer.from(`${piece.length.toString(16)}\r\n`),
    piece,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([
    head('POST', '/app/upload', ['Transfer-Encoding: chunked']),
    ...chunks,
    Buffer.from('0\r\n\r\n'),
  ]);
}

/** @param {Buffer} body */
const digestOf = (body) => Buffer.from(createHash('sha1').update(body).digest('hex'));

const OK = [200];

/** @param {Buffer} body */
const ok = (body) => ({ statuses: OK, body });

/** What a client that leaves may have seen until then. */
const anything = { statuses: OK };

/** Weights are of a thousand. @type {readonly Kind[]} */
export const kinds = [
  { name: 'hello', weight: 640, bytes: get('/app/hello'), expected: ok(HELLO) },
  { name: 'static file', weight: 100, bytes: get('/static.txt'), expected: ok(STATIC) },
  { name: 'events', weight: 60, bytes: get('/app/events'), expected: ok(EVENTS) },
  { name: 'download of 1 MB', weight: 4, bytes: get('/app/download'), expected: ok(DOWNLOAD) },
  { name: 'file of 256 kB', weight: 6, bytes: get('/app/file'), expected: ok(FILE) },
  { name: 'upload, small', weight: 100, bytes: post(SMALL), expected: ok(digestOf(SMALL)) },
  { name: 'upload, spooled', weight: 10, bytes: post(SPOOLED), expected: ok(digestOf(SPOOLED)) },
  { name: 'upload, chunked', weight: 30, bytes: postChunked(CHUNKED), expected: ok(digestOf(CHUNKED)) },
  { name: 'application error', weight: 10, bytes: get('/app/error'), expected: { statuses: [500] } },
  { name: 'leaves unanswered', weight: 15, bytes: get('/app/late'), expected: anything, leaveAfter: 0 },
  {
    ...{ name: 'leaves in its upload', weight: 15, expected: anything, leaveAfter: 0 },
    bytes: post(SPOOLED).subarray(0, 100_000),
  },
  { name: 'leaves in its answer', weight: 10, bytes: get('/app/endless'), expected: anything, leaveAfter: 100_000 },
];
