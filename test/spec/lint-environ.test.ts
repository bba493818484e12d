import { describe, expect, test } from 'vitest';
import { lint, type Application, type Environ } from '../../src/index';
import { acceptAll, makeEnviron, MemoryErrors, MemoryInput, type Overrides } from './host';
import { violated } from './violated';

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', []);
  return ['hello'];
};

function enter(environ: unknown): unknown {
  return lint(hello)(environ as Environ, acceptAll);
}

describe('environ that is right', () => {
  test.each<Overrides>([
    {},
    { SCRIPT_NAME: '', PATH_INFO: '/' },
    { SCRIPT_NAME: '/app', PATH_INFO: '' },
    { SCRIPT_NAME: '', PATH_INFO: '*', REQUEST_METHOD: 'OPTIONS', REQUEST_URI: '*' },
    { CONTENT_LENGTH: '0', CONTENT_TYPE: '', HTTP_X_EMPTY: '', 'HTTP_X.DOT': 'x' },
    { SERVER_PORT: '0', SERVER_PROTOCOL: 'HTTP/2.0', HTTPS: 'on', SSL_CIPHER: 'x', ADDED: '' },
    { 'tsgi.version': [1, 3], 'tsgi.url_scheme': 'https', 'session.user': { name: 'x' }, 'nginx.version': 1 },
    { 'tsgi.raw_headers': [], 'tsgi.signal': new AbortController().signal, PATH_INFO: '/caf\xc3\xa9' },
  ])('passes: %j', (overrides) => {
    expect(enter(makeEnviron(overrides))).toEqual(['hello']);
  });

  test('accessors that memoise pass', () => {
    const environ = makeEnviron();
    const input = new MemoryInput([]);
    let made = 0;
    const set = (value: unknown): void => {
      Object.defineProperty(environ, 'tsgi.input', { value, enumerable: true, configurable: true, writable: true });
    };
    const get = (): unknown => {
      made++;
      set(input);
      return input;
    };
    Object.defineProperty(environ, 'tsgi.input', { get, set, enumerable: true, configurable: true });
    expect(enter(environ)).toEqual(['hello']);
    expect(made).toBe(1);
  });

  test('the application gets the same object', () => {
    const environ = makeEnviron();
    let seen: unknown;
    void lint((given, startResponse) => {
      seen = given;
      startResponse('200 OK', []);
      return null;
    })(environ, acceptAll);
    expect(seen).toBe(environ);
  });
});

describe('environ that is wrong', () => {
  test.each<[rule: string, message: string, environ: unknown]>([
    ['environ-object', 'environ must be an ordinary extensible object, not null', null],
    ['environ-object', 'environ must be an ordinary extensible object, not an array of length 0', []],
    ['environ-object', 'environ must be an ordinary extensible object, not an object', Object.freeze(makeEnviron())],
    ['environ-own', 'environ must have "ADDED" itself, not on its prototype', inherited()],
    ['environ-changeable', 'environ["ADDED"] must be configurable and writable', withProperty({ value: 'x' })],
    [
      'environ-changeable',
      'environ["ADDED"] must be configurable and writable',
      withProperty({ value: 'x', writable: true }),
    ],
    [
      'environ-changeable',
      'environ["ADDED"] must be configurable and writable',
      withProperty({ get: () => 'x', configurable: true }),
    ],
    [
      'environ-string',
      'environ.ADDED must be a string of bytes, not an accessor',
      withProperty({ get: () => 'x', set: () => undefined, configurable: true }),
    ],
    ['environ-object', 'environ must be an ordinary extensible object, not "GET /"', 'GET /'],
  ])('%s', async (rule, message, environ) => {
    await violated(rule, message, () => enter(environ));
  });

  test.each<[rule: string, message: string, overrides: Overrides]>([
    ['environ-string', 'environ.ADDED must be a string of bytes, not 1', { ADDED: 1 }],
    ['environ-string', 'environ.PATH_INFO must be a string of bytes, not "/\\u2713"', { PATH_INFO: '/\u2713' }],
    ['environ-string', 'environ.HTTP_X.Y must be a string of bytes, not an array of length 1', { 'HTTP_X.Y': ['a'] }],
    ['environ-header-twice', 'environ must not contain HTTP_CONTENT_TYPE', { HTTP_CONTENT_TYPE: 'text/plain' }],
    ['environ-header-twice', 'environ must not contain HTTP_CONTENT_LENGTH', { HTTP_CONTENT_LENGTH: '1' }],
    ['environ-header-twice', 'environ must not contain HTTP_PROXY', { HTTP_PROXY: 'http://evil' }],
    [
      'environ-header-name',
      'a header\'s name in environ must be upper case with "_" for "-", not "HTTP_X-Foo"',
      { 'HTTP_X-Foo': 'x' },
    ],
    [
      'environ-header-name',
      'a header\'s name in environ must be upper case with "_" for "-", not "HTTP_X_foo"',
      { HTTP_X_foo: 'x' },
    ],
    ['environ-method', 'REQUEST_METHOD must be a token, not "GET /"', { REQUEST_METHOD: 'GET /' }],
    [
      'environ-script-name',
      'SCRIPT_NAME must be empty, or begin with "/" and not end with it, not "/"',
      { SCRIPT_NAME: '/' },
    ],
    [
      'environ-script-name',
      'SCRIPT_NAME must be empty, or begin with "/" and not end with it, not "app"',
      { SCRIPT_NAME: 'app' },
    ],
    [
      'environ-path-info',
      'PATH_INFO must begin with "/", or be empty when SCRIPT_NAME is not, not "page"',
      { PATH_INFO: 'page' },
    ],
    [
      'environ-path-info',
      'PATH_INFO must begin with "/", or be empty when SCRIPT_NAME is not, not ""',
      { SCRIPT_NAME: '', PATH_INFO: '' },
    ],
    ['environ-query', 'QUERY_STRING must not contain "#": "a#b"', { QUERY_STRING: 'a#b' }],
    ['environ-server-name', 'SERVER_NAME must not be empty', { SERVER_NAME: '' }],
    ['environ-port', 'SERVER_PORT must be a port in decimal digits, not ""', { SERVER_PORT: '' }],
    ['environ-port', 'SERVER_PORT must be a port in decimal digits, not "65536"', { SERVER_PORT: '65536' }],
    ['environ-protocol', 'SERVER_PROTOCOL must be like "HTTP/1.1", not "INCLUDED"', { SERVER_PROTOCOL: 'INCLUDED' }],
    ['environ-protocol', 'SERVER_PROTOCOL must be like "HTTP/1.1", not "HTTP/1.10"', { SERVER_PROTOCOL: 'HTTP/1.10' }],
    ['environ-request-uri', 'REQUEST_URI must be a request target, not ""', { REQUEST_URI: '' }],
    ['environ-request-uri', 'REQUEST_URI must be a request target, not "/a b"', { REQUEST_URI: '/a b' }],
    ['environ-content-length', 'CONTENT_LENGTH must be decimal digits, not "-1"', { CONTENT_LENGTH: '-1' }],
    ['environ-content-length', 'CONTENT_LENGTH must be decimal digits, not "1x"', { CONTENT_LENGTH: '1x' }],
    ['environ-absent', 'environ.REMOTE_USER must be absent when it does not apply, not ""', { REMOTE_USER: '' }],
    ['environ-reserved', '"tsgi.upgrade" is not defined by TSGI 1.0', { 'tsgi.upgrade': () => undefined }],
    ['environ-version', 'tsgi.version must be [1, 0], not an array of length 2', { 'tsgi.version': [2, 0] }],
    ['environ-version', 'tsgi.version must be [1, 0], not "1.0"', { 'tsgi.version': '1.0' }],
    ['environ-scheme', 'tsgi.url_scheme must be "http" or "https", not "HTTP"', { 'tsgi.url_scheme': 'HTTP' }],
    ['environ-flag', 'tsgi.multithread must be a boolean, not "off"', { 'tsgi.multithread': 'off' }],
    ['environ-flag', 'tsgi.run_once must be a boolean, not undefined', { 'tsgi.run_once': undefined }],
    [
      'environ-input',
      'tsgi.input must have read, readLine, readLines, lines, stream and an asynchronous iterator',
      { 'tsgi.input': { read: () => Promise.resolve(new Uint8Array()) } },
    ],
    ['environ-errors', 'tsgi.errors must have write, writeLines and flush', { 'tsgi.errors': process.stderr }],
    ['environ-extension', 'tsgi.flush_headers must be a function, not true', { 'tsgi.flush_headers': true }],
    ['environ-signal', 'tsgi.signal must be an AbortSignal, not an object', { 'tsgi.signal': {} }],
    [
      'environ-raw-headers',
      'tsgi.raw_headers must be a flat array of names and values, not an array of length 1',
      { 'tsgi.raw_headers': [['Host', 'localhost']] },
    ],
    [
      'environ-raw-headers',
      'tsgi.raw_headers must be a flat array of names and values, not an array of length 1',
      { 'tsgi.raw_headers': ['Host'] },
    ],
  ])('%s: %s', async (rule, message, overrides) => {
    await violated(rule, message, () => enter(makeEnviron(overrides)));
  });

  test.each([
    'REQUEST_METHOD',
    'SCRIPT_NAME',
    'PATH_INFO',
    'QUERY_STRING',
    'SERVER_NAME',
    'SERVER_PORT',
    'SERVER_PROTOCOL',
    'REQUEST_URI',
  ])('%s is required', async (name) => {
    await violated('environ-required', `environ must contain ${name}`, () => enter(makeEnviron({ [name]: undefined })));
  });

  test('a key that is hidden from a copy is not there', async () => {
    const environ = makeEnviron();
    Object.defineProperty(environ, 'REQUEST_URI', { enumerable: false });
    await violated('environ-required', 'environ must contain REQUEST_URI', () => enter(environ));
  });

  const inputMessage = 'tsgi.input must have read, readLine, readLines, lines, stream and an asynchronous iterator';
  test.each(['read', 'readLine', 'readLines', 'lines', 'stream', Symbol.asyncIterator])(
    'tsgi.input is required to have %s',
    async (method) => {
      const input = Object.defineProperty(new MemoryInput([]), method, { value: undefined });
      await violated('environ-input', inputMessage, () => enter(makeEnviron({ 'tsgi.input': input })));
    },
  );

  test.each(['write', 'writeLines', 'flush'])('tsgi.errors is required to have %s', async (method) => {
    const errors = Object.defineProperty(new MemoryErrors(), method, { value: undefined });
    await violated('environ-errors', 'tsgi.errors must have write, writeLines and flush', () =>
      enter(makeEnviron({ 'tsgi.errors': errors })),
    );
  });

  test('environ-absent: a key that is there and undefined', async () => {
    const environ = Object.assign(makeEnviron(), { CONTENT_TYPE: undefined });
    await violated('environ-absent', 'environ.CONTENT_TYPE must be absent when it does not apply, not undefined', () =>
      enter(environ),
    );
  });

  test('environ-memoised', async () => {
    const environ = makeEnviron();
    Object.defineProperty(environ, 'tsgi.errors', {
      get: () => ({ write: () => undefined, writeLines: () => undefined, flush: () => undefined }),
      set: () => undefined,
      enumerable: true,
      configurable: true,
    });
    await violated('environ-memoised', 'tsgi.errors must be the same object each time it is read', () =>
      enter(environ),
    );
  });
});

describe('the call', () => {
  test('host-call', async () => {
    const call = lint(hello) as unknown as (...parameters: unknown[]) => unknown;
    await violated(
      'host-call',
      'the server must call the application with environ and startResponse, not with an object',
      () => call(makeEnviron()),
    );
    await violated(
      'host-call',
      'the server must call the application with environ and startResponse, not with nothing',
      () => call(),
    );
    await violated(
      'host-call',
      'the server must call the application with environ and startResponse, not with an object, a function, 3',
      () => call(makeEnviron(), acceptAll, 3),
    );
  });

  test('application-callable', async () => {
    await violated(
      'application-callable',
      'an application must be a function or an object with handle(), not an object',
      () => lint({} as unknown as Application),
    );
    await violated(
      'application-callable',
      'an application must be a function or an object with handle(), not an object',
      () => lint({ handle: 'by hand' } as unknown as Application),
    );
  });

  test('an object is called as its own method', () => {
    class Greeter {
      name = 'object';
      handle(...[, startResponse]: Parameters<Application>): string[] {
        startResponse('200 OK', []);
        return [this.name];
      }
    }
    expect(lint(new Greeter())(makeEnviron(), acceptAll)).toEqual(['object']);
  });
});

function inherited(): unknown {
  const environ = makeEnviron();
  Object.setPrototypeOf(environ, { ADDED: 'x' });
  return environ;
}

function withProperty(descriptor: PropertyDescriptor): unknown {
  return Object.defineProperty(makeEnviron(), 'ADDED', { enumerable: true, ...descriptor });
}
