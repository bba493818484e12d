/** How an application is called, and what it is called with. */

const application = 'src/spec/application.ts';
const lint = 'src/spec/lint.ts';
const validator = 'src/spec/lint-environ.ts';
const maker = 'src/server/environ.ts';
const validated = 'test/spec/lint-environ.test.ts';
const conformance = 'test/conformance/mock.test.ts';
const linted = 'test/conformance/mock-lint.test.ts';

/** @type {import('./index.mjs').Defect[]} */
export const environ = [
  {
    breaks: 'application-callable',
    file: application,
    find: `typeof (value as Partial<ApplicationObject>).handle === 'function'`,
    replace: `'handle' in value`,
    tests: validated,
  },
  {
    breaks: 'host-call',
    file: lint,
    find: `parameters.length !== 2 || `,
    replace: ``,
    tests: validated,
  },
  {
    breaks: 'host-call',
    file: 'src/server/exchange.ts',
    find: `exchange.response.start(status, headers, error));`,
    replace: `exchange.response.start(status, headers, error), ...([true] as []));`,
    tests: linted,
  },
  {
    breaks: 'host-call',
    file: 'src/server/exchange.ts',
    find: `    body = application(environ,`,
    replace: `    void application({ ...environ }, () => () => undefined);
    body = application(environ,`,
    tests: conformance,
  },

  // ---- environ as an object ----
  {
    breaks: 'Nothing that an application does to it',
    file: maker,
    find: `    return environ;
  }

  #addRest`,
    replace: `    return ((this as { kept?: Environ }).kept ??= environ);
  }

  #addRest`,
    tests: conformance,
  },
  {
    breaks: 'environ-object',
    file: validator,
    find: ` || !Object.isExtensible(environ)) {`,
    replace: `) {`,
    tests: validated,
  },
  {
    breaks: 'environ-object',
    file: maker,
    find: `    return environ;
  }

  #addRest`,
    replace: `    return Object.seal(environ);
  }

  #addRest`,
    tests: conformance,
  },
  {
    breaks: 'environ-own',
    file: validator,
    find: `for (const name in environ) {`,
    replace: `for (const name of Object.keys(environ)) {`,
    tests: validated,
  },
  {
    breaks: 'environ-own',
    file: maker,
    find: `    Object.defineProperty(environ, 'tsgi.signal', SIGNAL);`,
    replace: `    Object.setPrototypeOf(environ, Object.create({}, { 'tsgi.signal': SIGNAL }) as object);`,
    tests: conformance,
  },
  {
    breaks: 'environ-changeable',
    file: validator,
    find: `descriptor.configurable !== true || `,
    replace: ``,
    tests: validated,
  },
  {
    breaks: 'environ-changeable',
    file: maker,
    find: `    configurable: true,
    get(`,
    replace: `    configurable: false,
    get(`,
    tests: conformance,
  },
  {
    breaks: 'environ-absent',
    file: validator,
    find: `descriptor.value === '' && (NEVER_EMPTY`,
    replace: `descriptor.value === ' ' && (NEVER_EMPTY`,
    tests: validated,
  },
  {
    breaks: 'environ-absent',
    file: maker,
    find: `    if (this.#earlyHints) {
      environ['tsgi.early_hints'] =`,
    replace: `    {
      environ['tsgi.early_hints'] = !this.#earlyHints ? (undefined as never) :`,
    tests: 'test/server/environ.test.ts',
  },
  {
    breaks: 'environ-string',
    file: validator,
    find: ` || !BYTES.test(descriptor.value)`,
    replace: ``,
    tests: validated,
  },
  {
    breaks: 'environ-reserved',
    file: validator,
    find: `!DEFINED.has(name)`,
    replace: `name === 'tsgi.'`,
    tests: validated,
  },
  {
    breaks: 'environ-reserved',
    file: maker,
    find: `    markEnviron(environ, exchange);`,
    replace: `    (environ as Record<string, unknown>)['tsgi.exchange'] = exchange.handle;
    markEnviron(environ, exchange);`,
    tests: linted,
  },

  // ---- required keys ----
  {
    breaks: 'environ-required',
    file: validator,
    find: `!Object.prototype.propertyIsEnumerable.call(environ, name)`,
    replace: `!(name in environ)`,
    tests: validated,
  },
  {
    breaks: 'environ-required',
    file: maker,
    find: `      QUERY_STRING: text.slice(end(2), end(3)),
`,
    replace: ``,
    tests: conformance,
  },
  {
    breaks: 'environ-method',
    file: validator,
    find: `!TOKEN.test(environ.REQUEST_METHOD)`,
    replace: `environ.REQUEST_METHOD === ''`,
    tests: validated,
  },
  {
    breaks: 'environ-method',
    file: maker,
    find: `REQUEST_METHOD: text.slice(0, end(0))`,
    replace: `REQUEST_METHOD: text.slice(0, end(0)).toUpperCase()`,
    tests: 'test/server/environ.test.ts',
  },
  {
    breaks: 'environ-script-name',
    file: validator,
    find: `script.startsWith('/') && !script.endsWith('/')`,
    replace: `script.startsWith('/')`,
    tests: validated,
  },
  {
    breaks: 'environ-path-info',
    file: validator,
    find: `path === '' ? script === '' :`,
    replace: `path === '' ? false :`,
    tests: validated,
  },
  {
    breaks: 'environ-path-info',
    file: maker,
    find: `PATH_INFO: text.slice(end(1), end(2))`,
    replace: `PATH_INFO: text.slice(end(1), end(2)) || '/'`,
    tests: conformance,
  },
  {
    breaks: 'environ-query',
    file: validator,
    find: `environ.QUERY_STRING.includes('#')`,
    replace: `environ.QUERY_STRING.includes('?#')`,
    tests: validated,
  },
  {
    breaks: 'environ-query',
    file: maker,
    find: `QUERY_STRING: text.slice(end(2), end(3))`,
    replace: `QUERY_STRING: decodeURIComponent(text.slice(end(2), end(3)))`,
    tests: conformance,
  },
  {
    breaks: 'environ-server-name',
    file: validator,
    find: `environ.SERVER_NAME === ''`,
    replace: `environ.SERVER_NAME === ' '`,
    tests: validated,
  },
  {
    breaks: 'environ-port',
    file: validator,
    find: ` || Number(environ.SERVER_PORT) > 65535`,
    replace: ``,
    tests: validated,
  },
  {
    breaks: 'environ-protocol',
    file: validator,
    find: String.raw`/^HTTP\/[0-9](\.[0-9])?$/`,
    replace: String.raw`/^HTTP\/[0-9](\.[0-9])?/`,
    tests: validated,
  },
  {
    breaks: 'environ-request-uri',
    file: validator,
    find: String.raw`/^[^\0-\x20\x7f]+$/`,
    replace: String.raw`/^[^\0-\x1f\x7f]+$/`,
    tests: validated,
  },
  {
    breaks: 'environ-request-uri',
    file: maker,
    find: `REQUEST_URI: text.slice(end(3), end(4))`,
    replace: `REQUEST_URI: decodeURI(text.slice(end(3), end(4)))`,
    tests: conformance,
  },
  {
    breaks: 'environ-content-length',
    file: validator,
    find: `!/^[0-9]+$/.test(length)`,
    replace: `!/^[0-9]/.test(length)`,
    tests: validated,
  },

  // ---- request headers ----
  {
    breaks: 'environ-header-name',
    file: validator,
    find: `HEADER_KEY = /^HTTP_[`,
    replace: `HEADER_KEY = /^HTTP_[a-z`,
    tests: validated,
  },
  {
    breaks: 'environ-header-name',
    file: maker,
    find: `environ[text.slice(start, value)] = `,
    replace: `environ[text.slice(start, value).replace('X_', 'X-')] = `,
    tests: conformance,
  },
  {
    breaks: 'environ-header-twice',
    file: validator,
    find: ` || name === 'HTTP_PROXY'`,
    replace: ``,
    tests: validated,
  },

  // ---- keys of the specification ----
  {
    breaks: 'environ-version',
    file: validator,
    find: `version[0] !== 1 || `,
    replace: ``,
    tests: validated,
  },
  {
    breaks: 'environ-version',
    file: maker,
    find: `Object.freeze([1, 0]`,
    replace: `Object.freeze([1, 1]`,
    tests: conformance,
  },
  {
    breaks: 'environ-scheme',
    file: validator,
    find: `scheme !== 'http' && scheme !== 'https'`,
    replace: `typeof scheme !== 'string'`,
    tests: validated,
  },
  {
    breaks: 'environ-scheme',
    file: maker,
    find: `scheme === 'https' ? 'https' : 'http'`,
    replace: `'http'`,
    tests: conformance,
  },
  {
    breaks: 'environ-flag',
    file: validator,
    find: `typeof flag !== 'boolean'`,
    replace: `flag === undefined`,
    tests: validated,
  },
  {
    breaks: 'environ-flag',
    file: maker,
    find: `'tsgi.multithread': this.#multithread`,
    replace: `'tsgi.multithread': this.#multiprocess`,
    tests: 'test/server/environ.test.ts',
  },
  {
    breaks: 'environ-input',
    file: validator,
    find: `'lines', 'stream', Symbol.asyncIterator]`,
    replace: `'lines', 'stream']`,
    tests: validated,
  },
  {
    breaks: 'environ-errors',
    file: validator,
    find: `['write', 'writeLines', 'flush']`,
    replace: `['write', 'writeLines']`,
    tests: validated,
  },
  {
    breaks: 'environ-memoised',
    file: validator,
    find: `environ[name] !== environ[name]`,
    replace: `environ[name] === null`,
    tests: validated,
  },
  {
    breaks: 'environ-memoised',
    file: 'src/server/exchange.ts',
    find: `this.#rawHeaders ??= this.binding`,
    replace: `this.#rawHeaders = this.binding`,
    tests: conformance,
  },
  {
    breaks: 'Whoever builds',
    layer: 'src/spec',
    file: 'src/spec/environ.ts',
    find: `decodesTo(rawPath, effective) && `,
    replace: ``,
    tests: conformance,
  },

  // ---- extensions ----
  {
    breaks: 'environ-extension',
    file: validator,
    find: `typeof value !== 'function'`,
    replace: `value === undefined`,
    tests: validated,
  },
  {
    breaks: 'environ-extension',
    file: maker,
    find: `if (this.#earlyHints) {`,
    replace: `if (!this.#earlyHints || exchange) {`,
    tests: 'test/server/environ.test.ts',
  },
  {
    breaks: 'environ-signal',
    file: validator,
    find: `!(signal instanceof AbortSignal)`,
    replace: `typeof signal !== 'object'`,
    tests: validated,
  },
  {
    breaks: 'environ-raw-headers',
    file: validator,
    find: `raw.length % 2 === 0 && `,
    replace: ``,
    tests: validated,
  },
];
