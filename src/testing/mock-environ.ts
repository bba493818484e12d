import { addFields, isHidden, packEntries, type HiddenFields } from '../hosts/environ-entries';
import { belowMount, percentDecode, splitTarget } from '../hosts/request-path';
import { BeginFlag } from '../server/binding';
import type { MockRequest } from './types';

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
  const { path: sent, query } = splitTarget(target);
  const mount = (request.mount ?? '').replace(/\/+$/, '');
  const path = belowMount(request.effectivePath ?? percentDecode(sent), mount);
  if (path === undefined) {
    return undefined;
  }
  const hidden: HiddenFields = {
    body: request.noBody === true,
    authorization: request.hideAuthorization === true,
  };
  const fields = fieldsOf(request);
  const noBody = request.noBody === true;
  const scheme = request.scheme ?? 'http';
  const entries = new Map<string, string>([
    ['REQUEST_METHOD', request.method ?? 'GET'],
    ['SCRIPT_NAME', mount],
    ['PATH_INFO', path],
    ['QUERY_STRING', query],
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
  addFields(entries, fields, hidden);
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
  const shown = fields.filter(([name]) => !isHidden(name, hidden));
  return { flags, ...packEntries(entries), rawHeaders: shown.flat() };
}
