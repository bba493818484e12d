/** What a request says of itself in the words of other interfaces, taken from environ. */
import { requestTarget, type Environ } from '../spec';

/** Methods whose requests have a body only if they say so, also where HTTP/2 lets them keep quiet about its length. */
const BODYLESS_METHODS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

/** The whole request target, path and query; the client's own spelling unless the path was rewritten. */
export function fullTarget(environ: Environ): string {
  const { PATH_INFO: path, REQUEST_URI: uri, QUERY_STRING: query } = environ;
  if (environ.SCRIPT_NAME === '') {
    if (path === '*' || (uri === path && query === '' && !uri.includes('%'))) {
      return path;
    }
  }
  return requestTarget(environ);
}

/** A request target without the mount prefix: what is left begins with a slash. */
export function withoutMount(target: string, mount: string): string {
  let at = 0;
  // The client may have spelled the prefix with escapes: one character of the mount is one, or one escape, of the target.
  for (let seen = 0; seen < mount.length && at < target.length; seen++) {
    at += target[at] === '%' ? 3 : 1;
  }
  const rest = target.slice(at);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Whether the request certainly has no body. */
export function hasNoBody(environ: Environ): boolean {
  if (environ.CONTENT_LENGTH !== undefined) {
    return environ.CONTENT_LENGTH === '0';
  }
  return environ['HTTP_TRANSFER_ENCODING'] === undefined && environ.SERVER_PROTOCOL.startsWith('HTTP/1.');
}

/**
 * The fields of the request, name, value, name, value. Where the protocol tells of a body by its frames alone (HTTP/2),
 * a field says it, as every proxy does: frameworks decide by the fields whether there is a body to parse.
 */
export function rawHeadersOf(environ: Environ): string[] {
  const raw = environ['tsgi.raw_headers']?.slice() ?? headersFromCgi(environ);
  if (hasNoBody(environ)) {
    return raw;
  }
  const has = (name: string): boolean => raw.some((field, index) => index % 2 === 0 && field.toLowerCase() === name);
  if (environ.CONTENT_LENGTH !== undefined) {
    if (!has('content-length') && !has('transfer-encoding')) {
      raw.push('Content-Length', environ.CONTENT_LENGTH);
    }
  } else if (!BODYLESS_METHODS.has(environ.REQUEST_METHOD) && !has('transfer-encoding')) {
    raw.push('Transfer-Encoding', 'chunked');
  }
  return raw;
}

function headersFromCgi(environ: Environ): string[] {
  const raw: string[] = [];
  for (const key of Object.keys(environ)) {
    const name = key.startsWith('HTTP_') ? key.slice(5) : key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH' ? key : '';
    if (name !== '') {
      raw.push(name.toLowerCase().replaceAll('_', '-'), environ[key] as string);
    }
  }
  return raw;
}

/** The target of the request: all of it, or what lies below the mount. */
export function targetOf(environ: Environ, stripMount: boolean): string {
  const target = fullTarget(environ);
  return stripMount && environ.SCRIPT_NAME !== '' ? withoutMount(target, environ.SCRIPT_NAME) : target;
}
