import type { Violation } from './errors';
import { quote } from './quote';
import type { Environ } from './types';

/** The keys of environ that are required and strings. */
const REQUIRED_STRINGS = [
  'REQUEST_METHOD',
  'SCRIPT_NAME',
  'PATH_INFO',
  'QUERY_STRING',
  'SERVER_NAME',
  'SERVER_PORT',
  'SERVER_PROTOCOL',
  'REQUEST_URI',
] as const;

/** The keys that say something about the request only by being there. */
const NEVER_EMPTY = [
  'CONTENT_LENGTH',
  'REMOTE_ADDR',
  'REMOTE_PORT',
  'REMOTE_USER',
  'AUTH_TYPE',
  'REQUEST_SCHEME',
  'HTTPS',
  'SERVER_ADDR',
  'DOCUMENT_ROOT',
  'SCRIPT_FILENAME',
] as const;

const FLAGS = ['tsgi.multithread', 'tsgi.multiprocess', 'tsgi.run_once'] as const;
const EXTENSION_FUNCTIONS = ['tsgi.flush_headers', 'tsgi.early_hints', 'tsgi.on_finish', 'tsgi.file_wrapper'] as const;
const INPUT_METHODS = ['read', 'readLine', 'readLines', 'lines', 'stream', Symbol.asyncIterator] as const;
const ERROR_METHODS = ['write', 'writeLines', 'flush'] as const;

/** Every name beginning with `tsgi.` that this version defines. */
const DEFINED: ReadonlySet<string> = new Set([
  'tsgi.version',
  'tsgi.url_scheme',
  'tsgi.input',
  'tsgi.errors',
  'tsgi.signal',
  'tsgi.raw_headers',
  ...FLAGS,
  ...EXTENSION_FUNCTIONS,
]);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_KEY = /^HTTP_[!#$%&'*+.^_`|~0-9A-Z]+$/;
const BYTES = /^[\0-\xff]*$/;

/** Checks the shape of environ as the server, or the middleware around the validator, has made it. */
export function checkEnviron(environ: unknown): Violation | undefined {
  // @rule environ-object
  // environ MUST be an ordinary object that the application can extend: no array, not frozen, not sealed.
  if (typeof environ !== 'object' || environ === null || Array.isArray(environ) || !Object.isExtensible(environ)) {
    return { rule: 'environ-object', message: `environ must be an ordinary extensible object, not ${quote(environ)}` };
  }
  return (
    checkProperties(environ as Environ) ??
    checkRequest(environ as Environ) ??
    checkReception(environ as Environ) ??
    checkObjects(environ as Environ) ??
    checkExtensions(environ as Environ)
  );
}

/** Rules about every property. */
function checkProperties(environ: Environ): Violation | undefined {
  for (const name in environ) {
    const descriptor = Object.getOwnPropertyDescriptor(environ, name);
    // @rule environ-own
    // What environ has MUST be its own: `{ ...environ }` copies all of it.
    if (descriptor === undefined) {
      return { rule: 'environ-own', message: `environ must have ${quote(name)} itself, not on its prototype` };
    }
    // @rule environ-changeable
    // The application MAY change and remove everything in environ: properties MUST be configurable, data properties
    // writable, and accessors MUST have a setter that replaces them.
    if (descriptor.configurable !== true || !(descriptor.writable === true || descriptor.set !== undefined)) {
      return { rule: 'environ-changeable', message: `environ[${quote(name)}] must be configurable and writable` };
    }
    // @rule environ-absent
    // What does not apply is absent from environ; a key MUST NOT be there with the value `undefined`, nor, where the
    // value alone tells something (`REMOTE_USER`, `CONTENT_LENGTH`, `HTTPS`, ...), with `''`.
    const empty = descriptor.value === '' && (NEVER_EMPTY as readonly string[]).includes(name);
    if (empty || ('value' in descriptor && descriptor.value === undefined)) {
      return {
        rule: 'environ-absent',
        message: `environ.${name} must be absent when it does not apply, not ${quote(descriptor.value)}`,
      };
    }
    if (name.includes('.') && !name.startsWith('HTTP_')) {
      // @rule environ-reserved
      // Names beginning with `tsgi.` are this specification's; those of servers begin with `nginx.`, `apache.` and so
      // on. Middleware and applications MUST use names of their own (`session.user`).
      if (name.startsWith('tsgi.') && !DEFINED.has(name)) {
        return { rule: 'environ-reserved', message: `${quote(name)} is not defined by TSGI 1.0` };
      }
      continue;
    }
    // @rule environ-string
    // A value whose name has no dot MUST be a string, in a data property, not an accessor, in which every code unit is a
    // byte (at most U+00FF; PEP 3333, "Unicode Issues").
    if (typeof descriptor.value !== 'string' || !BYTES.test(descriptor.value)) {
      return {
        rule: 'environ-string',
        message: `environ.${name} must be a string of bytes, not ${descriptor.get ? 'an accessor' : quote(descriptor.value)}`,
      };
    }
    // @rule environ-header-twice
    // `HTTP_CONTENT_TYPE` and `HTTP_CONTENT_LENGTH` MUST be absent, since `CONTENT_TYPE` and `CONTENT_LENGTH` say it
    // (PEP 3333, "environ Variables"); `HTTP_PROXY` MUST be absent, since programs take it for a setting
    // (CVE-2016-5385).
    if (name === 'HTTP_CONTENT_TYPE' || name === 'HTTP_CONTENT_LENGTH' || name === 'HTTP_PROXY') {
      return { rule: 'environ-header-twice', message: `environ must not contain ${name}` };
    }
    // @rule environ-header-name
    // The name of a request header in environ is `HTTP_`, then the field's name in upper case with `_` for `-`.
    if (name.startsWith('HTTP_') && !HEADER_KEY.test(name)) {
      return {
        rule: 'environ-header-name',
        message: `a header's name in environ must be upper case with "_" for "-", not ${quote(name)}`,
      };
    }
  }
  return undefined;
}

/** Rules about the strings that say what is requested. */
function checkRequest(environ: Environ): Violation | undefined {
  for (const name of REQUIRED_STRINGS) {
    // @rule environ-required
    // environ MUST contain `REQUEST_METHOD`, `SCRIPT_NAME`, `PATH_INFO`, `QUERY_STRING`, `SERVER_NAME`, `SERVER_PORT`,
    // `SERVER_PROTOCOL` and `REQUEST_URI`, also those of them that are empty, as enumerable properties.
    if (!Object.prototype.propertyIsEnumerable.call(environ, name)) {
      return { rule: 'environ-required', message: `environ must contain ${name}` };
    }
  }
  // @rule environ-method
  // `REQUEST_METHOD` MUST be a token, as the client sent it (RFC 9110, section 9.1: methods are case-sensitive).
  if (!TOKEN.test(environ.REQUEST_METHOD)) {
    return {
      rule: 'environ-method',
      message: `REQUEST_METHOD must be a token, not ${quote(environ.REQUEST_METHOD)}`,
    };
  }
  // @rule environ-script-name
  // `SCRIPT_NAME` MUST be empty, or begin with a slash and not end with one; so it is never `/`.
  const script = environ.SCRIPT_NAME;
  if (script !== '' && !(script.startsWith('/') && !script.endsWith('/'))) {
    return {
      rule: 'environ-script-name',
      message: `SCRIPT_NAME must be empty, or begin with "/" and not end with it, not ${quote(script)}`,
    };
  }
  // @rule environ-path-info
  // `PATH_INFO` MUST be empty or begin with a slash, and MUST NOT be empty when `SCRIPT_NAME` is: the path of a request
  // has at least its slash. (For `OPTIONS *` it is `*`.)
  const path = environ.PATH_INFO;
  if (path === '' ? script === '' : !path.startsWith('/') && path !== '*') {
    return {
      rule: 'environ-path-info',
      message: `PATH_INFO must begin with "/", or be empty when SCRIPT_NAME is not, not ${quote(path)}`,
    };
  }
  // @rule environ-query
  // `QUERY_STRING` MUST NOT contain the fragment's `#`; the question mark that separates it from the path is no part
  // of it.
  if (environ.QUERY_STRING.includes('#')) {
    return { rule: 'environ-query', message: `QUERY_STRING must not contain "#": ${quote(environ.QUERY_STRING)}` };
  }
  return undefined;
}

/** Rules about the strings that say whom the request reached, and in which words. */
function checkReception(environ: Environ): Violation | undefined {
  // @rule environ-server-name
  // `SERVER_NAME` MUST NOT be empty (PEP 3333, "environ Variables"): where the server has no name configured it is the
  // address that the client reached.
  if (environ.SERVER_NAME === '') {
    return { rule: 'environ-server-name', message: 'SERVER_NAME must not be empty' };
  }
  // @rule environ-port
  // `SERVER_PORT` MUST be decimal text of a number up to 65535 (`0` when the server was reached through a socket that
  // has no port).
  if (!/^[0-9]{1,5}$/.test(environ.SERVER_PORT) || Number(environ.SERVER_PORT) > 65535) {
    return {
      rule: 'environ-port',
      message: `SERVER_PORT must be a port in decimal digits, not ${quote(environ.SERVER_PORT)}`,
    };
  }
  // @rule environ-protocol
  // `SERVER_PROTOCOL` MUST be `HTTP/` and a version.
  if (!/^HTTP\/[0-9](\.[0-9])?$/.test(environ.SERVER_PROTOCOL)) {
    return {
      rule: 'environ-protocol',
      message: `SERVER_PROTOCOL must be like "HTTP/1.1", not ${quote(environ.SERVER_PROTOCOL)}`,
    };
  }
  // @rule environ-request-uri
  // `REQUEST_URI` MUST be the request target, never empty and without spaces or control characters.
  if (!/^[^\0-\x20\x7f]+$/.test(environ.REQUEST_URI)) {
    return {
      rule: 'environ-request-uri',
      message: `REQUEST_URI must be a request target, not ${quote(environ.REQUEST_URI)}`,
    };
  }
  // @rule environ-content-length
  // `CONTENT_LENGTH`, when present, MUST be decimal digits.
  const length = environ.CONTENT_LENGTH;
  if (length !== undefined && !/^[0-9]+$/.test(length)) {
    return { rule: 'environ-content-length', message: `CONTENT_LENGTH must be decimal digits, not ${quote(length)}` };
  }
  return undefined;
}

/** Rules about the `tsgi.*` keys that are always there. */
function checkObjects(environ: Environ): Violation | undefined {
  // @rule environ-version
  // `tsgi.version` MUST be `[1, 0]`, or `[1, n]` of a later version that is compatible.
  const version: unknown = environ['tsgi.version'];
  if (!Array.isArray(version) || version.length !== 2 || version[0] !== 1 || !Number.isInteger(version[1])) {
    return { rule: 'environ-version', message: `tsgi.version must be [1, 0], not ${quote(version)}` };
  }
  // @rule environ-scheme
  // `tsgi.url_scheme` MUST be `http` or `https`.
  const scheme: unknown = environ['tsgi.url_scheme'];
  if (scheme !== 'http' && scheme !== 'https') {
    return { rule: 'environ-scheme', message: `tsgi.url_scheme must be "http" or "https", not ${quote(scheme)}` };
  }
  for (const name of FLAGS) {
    // @rule environ-flag
    // `tsgi.multithread`, `tsgi.multiprocess` and `tsgi.run_once` MUST be booleans.
    const flag: unknown = environ[name];
    if (typeof flag !== 'boolean') {
      return { rule: 'environ-flag', message: `${name} must be a boolean, not ${quote(flag)}` };
    }
  }
  // @rule environ-input
  // `tsgi.input` MUST be an object with `read`, `readLine`, `readLines`, `lines`, `stream` and `[Symbol.asyncIterator]`,
  // for every request, also for one without a body.
  if (!hasMethods(environ['tsgi.input'], INPUT_METHODS)) {
    return {
      rule: 'environ-input',
      message: `tsgi.input must have read, readLine, readLines, lines, stream and an asynchronous iterator`,
    };
  }
  // @rule environ-errors
  // `tsgi.errors` MUST be an object with `write`, `writeLines` and `flush`.
  if (!hasMethods(environ['tsgi.errors'], ERROR_METHODS)) {
    return { rule: 'environ-errors', message: 'tsgi.errors must have write, writeLines and flush' };
  }
  for (const name of Object.keys(environ)) {
    // @rule environ-memoised
    // A `tsgi.*` key MAY be an accessor that makes its object when it is first read; it MUST give the same object ever
    // after, and reading it MUST NOT start any input or output.
    if (name.startsWith('tsgi.') && environ[name] !== environ[name]) {
      return { rule: 'environ-memoised', message: `${name} must be the same object each time it is read` };
    }
  }
  return undefined;
}

/** Rules about the extensions, each of which may be absent. */
function checkExtensions(environ: Environ): Violation | undefined {
  for (const name of EXTENSION_FUNCTIONS) {
    // @rule environ-extension
    // `tsgi.flush_headers`, `tsgi.early_hints`, `tsgi.on_finish` and `tsgi.file_wrapper` MUST be functions where they
    // are present. An extension that the server cannot offer is absent: applications find out by looking.
    const value: unknown = environ[name];
    if (name in environ && typeof value !== 'function') {
      return { rule: 'environ-extension', message: `${name} must be a function, not ${quote(value)}` };
    }
  }
  // @rule environ-signal
  // `tsgi.signal`, where present, MUST be an `AbortSignal`.
  const signal: unknown = environ['tsgi.signal'];
  if ('tsgi.signal' in environ && !(signal instanceof AbortSignal)) {
    return { rule: 'environ-signal', message: `tsgi.signal must be an AbortSignal, not ${quote(signal)}` };
  }
  // @rule environ-raw-headers
  // `tsgi.raw_headers`, where present, MUST be a flat array of strings: name, value, name, value.
  const raw: unknown = environ['tsgi.raw_headers'];
  if (
    'tsgi.raw_headers' in environ &&
    !(Array.isArray(raw) && raw.length % 2 === 0 && raw.every((text) => typeof text === 'string'))
  ) {
    return {
      rule: 'environ-raw-headers',
      message: `tsgi.raw_headers must be a flat array of names and values, not ${quote(raw)}`,
    };
  }
  return undefined;
}

function hasMethods(value: unknown, methods: ReadonlyArray<string | symbol>): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string | symbol, unknown>)[method] === 'function')
  );
}
