import { BeginFlag, HEADER_KEY, SPELLED_KEY } from '../server/binding';
import type { MockRequest } from './types';

/** The CGI keys of `native/core/environ_keys.h`; a test compares the two. */
export const ENVIRON_KEYS = [
  'REQUEST_METHOD',
  'SCRIPT_NAME',
  'PATH_INFO',
  'QUERY_STRING',
  'REQUEST_URI',
  'SERVER_PROTOCOL',
  'SERVER_NAME',
  'SERVER_PORT',
  'REQUEST_SCHEME',
  'SERVER_ADDR',
  'SERVER_SOFTWARE',
  'REMOTE_ADDR',
  'REMOTE_PORT',
  'REMOTE_USER',
  'AUTH_TYPE',
  'DOCUMENT_ROOT',
  'SCRIPT_FILENAME',
  'HTTPS',
  'CONTENT_TYPE',
  'CONTENT_LENGTH',
] as const;

/** A few header keys that travel as numbers; every other is spelled out. Which these are changes no behaviour. */
export const HEADER_KEYS = ['HTTP_HOST', 'HTTP_USER_AGENT', 'HTTP_ACCEPT', 'HTTP_COOKIE'] as const;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NOT_BYTES = /[^\0-\xff]/;

/** A request as BEGIN carries it. */
export interface PackedRequest {
  flags: number;
  text: string;
  words: Uint32Array;
  /** As received: name, value, name, value. */
  rawHeaders: string[];
}

/** Header fields of a request in order, with the Host and Content-Length that a client adds. */
export function fieldsOf(request: MockRequest): Array<[string, string]> {
  const given = request.headers ?? [];
  const fields = Array.isArray(given)
    ? given.map(([name, value]): [string, string] => [name, value])
    : Object.entries(given);
  const has = (name: string): boolean => fields.some(([field]) => field.toLowerCase() === name);
  if (!has('host')) {
    fields.unshift(['Host', 'localhost']);
  }
  if (request.body !== undefined && !has('content-length') && !has('transfer-encoding')) {
    const size = sizeOfBody(request.body);
    fields.push(size === undefined ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(size)]);
  }
  return fields;
}

function sizeOfBody(body: unknown): number | undefined {
  return typeof body === 'string' ? Buffer.byteLength(body) : body instanceof Uint8Array ? body.byteLength : undefined;
}

/**
 * Packs a request as `native/core/environ.c` does: the same keys, joins and spoof rules. Undefined: the path lies
 * outside the mount.
 */
export function packRequest(request: MockRequest, streamed: boolean): PackedRequest | undefined {
  const target = request.path ?? '/';
  const mark = target.indexOf('?');
  const path = request.effectivePath ?? percentDecode(mark < 0 ? target : target.slice(0, mark));
  const mount = (request.mount ?? '').replace(/\/+$/, '');
  if (!path.startsWith(mount) || (path.length > mount.length && mount !== '' && path[mount.length] !== '/')) {
    return undefined;
  }
  const fields = fieldsOf(request);
  const noBody = request.noBody === true;
  const scheme = request.scheme ?? 'http';
  const entries = new Map<string, string>([
    ['REQUEST_METHOD', request.method ?? 'GET'],
    ['SCRIPT_NAME', mount],
    ['PATH_INFO', path.slice(mount.length)],
    ['QUERY_STRING', mark < 0 ? '' : target.slice(mark + 1)],
    ['REQUEST_URI', target],
    ['SERVER_PROTOCOL', request.protocol ?? 'HTTP/1.1'],
    ['SERVER_NAME', 'localhost'],
    ['SERVER_PORT', scheme === 'https' ? '443' : '80'],
    ['REQUEST_SCHEME', scheme],
    ['SERVER_ADDR', '127.0.0.1'],
    ['SERVER_SOFTWARE', 'mock'],
    ['REMOTE_ADDR', '127.0.0.1'],
    ['REMOTE_PORT', '50000'],
  ]);
  if (scheme === 'https') {
    entries.set('HTTPS', 'on');
  }
  addFields(entries, fields, request);
  for (const [name, value] of Object.entries(request.params ?? {})) {
    entries.set(name, value);
  }
  if (request.headToGet === true && request.method === 'HEAD') {
    entries.set('REQUEST_METHOD', 'GET');
  }
  const flags =
    (request.method === 'HEAD' ? BeginFlag.Head : 0) |
    (scheme === 'https' ? BeginFlag.Https : 0) |
    (noBody ? BeginFlag.NoBody : 0) |
    (streamed ? BeginFlag.BodyLater : 0);
  const shown = fields.filter(([name]) => !isHidden(name, request));
  return { flags, ...packEntries(entries), rawHeaders: shown.flat() };
}

function addFields(entries: Map<string, string>, fields: Array<[string, string]>, request: MockRequest): void {
  for (const [name, value] of fields) {
    const field = name.toLowerCase();
    if (field === 'content-type' || field === 'content-length') {
      if (request.noBody !== true) {
        entries.set(field === 'content-type' ? 'CONTENT_TYPE' : 'CONTENT_LENGTH', value);
      }
      continue;
    }
    if (!TOKEN.test(field) || field.includes('_') || field === 'proxy' || isHidden(name, request)) {
      continue;
    }
    const key = `HTTP_${field.toUpperCase().replaceAll('-', '_')}`;
    const earlier = entries.get(key);
    entries.set(key, earlier === undefined ? value : `${earlier}${field === 'cookie' ? '; ' : ', '}${value}`);
  }
}

/** Whether a field is kept from the application altogether. */
function isHidden(name: string, request: MockRequest): boolean {
  return request.hideAuthorization === true && name.toLowerCase() === 'authorization';
}

function packEntries(entries: Map<string, string>): { text: string; words: Uint32Array } {
  const words = [entries.size];
  let text = '';
  for (const [name, value] of entries) {
    if (NOT_BYTES.test(name + value)) {
      throw new TypeError(`a request consists of bytes (U+0000 to U+00FF): ${name}`);
    }
    const cgi = (ENVIRON_KEYS as readonly string[]).indexOf(name);
    const header = (HEADER_KEYS as readonly string[]).indexOf(name);
    const spelled = cgi < 0 && header < 0;
    text += (spelled ? name : '') + value;
    words.push(spelled ? SPELLED_KEY + name.length : cgi < 0 ? HEADER_KEY + header : cgi, text.length);
  }
  return { text, words: Uint32Array.from(words) };
}

function percentDecode(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (_escape, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}
