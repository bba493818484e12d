import type { Environ } from './types';

const ASCII = /^[\0-\x7f]*$/;
/** Bytes that need no escape in a path: pchar of RFC 3986 (section 3.3) and the slash. */
const PATH_UNSAFE = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g;
const PERCENT = /%([0-9A-Fa-f]{2})/g;
const PERCENT_BUT_SLASH = /%(?!2[Ff])([0-9A-Fa-f]{2})/g;
const HIGH = /[\x80-\xff]/;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Decodes a byte string of environ as UTF-8. Bytes that are not UTF-8 become U+FFFD, as the URL standard has it; it
 * never throws. Who must tell two such names apart works on the byte string itself.
 */
export function decodeText(bytes: string): string {
  return ASCII.test(bytes) ? bytes : utf8.decode(Buffer.from(bytes, 'latin1'));
}

/** The byte string of a text: its UTF-8 bytes, one per code unit. What `decodeText` undoes. */
export function encodeText(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** `PATH_INFO` as text, what a router compares with its patterns; see `decodeText` for bytes that are not UTF-8. */
export function decodePath(environ: Pick<Environ, 'PATH_INFO'>): string {
  return decodeText(environ.PATH_INFO);
}

/** Percent-encodes a decoded path, given as a byte string, so that it decodes to the same bytes again. */
export function encodePath(path: string): string {
  return path.replace(PATH_UNSAFE, (byte) => {
    const code = byte.charCodeAt(0);
    return code <= 0xff ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : encodeURIComponent(byte);
  });
}

/**
 * The request target in origin form, path and query, that leads to this application and path.
 *
 * The path of `REQUEST_URI` is used, with the client's own choice of escapes, only if it decodes to `SCRIPT_NAME` +
 * `PATH_INFO`, in which a server may have left `%2F`; after a rewrite it does not, and the effective path is encoded
 * instead. The query is `QUERY_STRING`.
 */
export function requestTarget(environ: Environ): string {
  const effective = environ.SCRIPT_NAME + environ.PATH_INFO;
  const raw = originForm(environ.REQUEST_URI);
  const mark = raw.indexOf('?');
  const rawPath = mark < 0 ? raw : raw.slice(0, mark);
  const rawQuery = mark < 0 ? '' : raw.slice(mark + 1);
  const query = environ.QUERY_STRING;
  if (decodesTo(rawPath, effective) && !HIGH.test(rawPath)) {
    return rawQuery === query ? raw : withQuery(rawPath, query);
  }
  return withQuery(encodePath(effective) || '/', query);
}

/**
 * The URL of the request (PEP 3333, "URL Reconstruction"). The authority is the `Host` header, or the server's name
 * and port where the client sent none; it is the client's claim, not a fact to decide access by.
 */
export function requestUrl(environ: Environ): string {
  const scheme = environ['tsgi.url_scheme'];
  return `${scheme}://${environ.HTTP_HOST || serverAuthority(environ, scheme)}${requestTarget(environ)}`;
}

function serverAuthority(environ: Environ, scheme: string): string {
  const name = environ.SERVER_NAME;
  const host = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  const port = environ.SERVER_PORT;
  return port === (scheme === 'https' ? '443' : '80') ? host : `${host}:${port}`;
}

/** Drops the scheme and authority of an absolute-form target (RFC 9112, section 3.2.2). */
function originForm(target: string): string {
  const authority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/.exec(target);
  if (authority === null) {
    return target;
  }
  const rest = target.slice(authority[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Whether a server may have made the one path of the other. It may leave encoded slashes: `AllowEncodedSlashes NoDecode`. */
function decodesTo(rawPath: string, path: string): boolean {
  return decodePercent(rawPath, PERCENT) === path || decodePercent(rawPath, PERCENT_BUT_SLASH) === path;
}

function decodePercent(path: string, escapes: RegExp): string {
  return path.replace(escapes, (_escape, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}
