import { requestUrl, type Environ } from '../spec';
import { hasNoBody, rawHeadersOf, targetOf } from './request-facts';

/** What may stand in a URL as host and port; another `Host` is replaced by the server's own name. */
const AUTHORITY = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?$/;

type Make = (environ: Environ, stripMount: boolean) => Request;

let make: Make | undefined;

/**
 * The request of an exchange as the Fetch standard has it. Where Node allows it, what is returned makes the real object
 * when something is asked of it that environ does not tell: most handlers look at method, URL and header fields only.
 */
export function fetchRequest(environ: Environ, stripMount: boolean): Request {
  make ??= lazyIsGenuine() ? (...args) => new LazyRequest(...args) as unknown as Request : makeRequest;
  return make(environ, stripMount);
}

function urlOf(environ: Environ, stripMount: boolean): string {
  const host = environ.HTTP_HOST;
  const named = host === undefined || AUTHORITY.test(host) ? environ : { ...environ, HTTP_HOST: '' };
  const whole = requestUrl(named);
  if (!stripMount || environ.SCRIPT_NAME === '') {
    return whole;
  }
  const path = whole.indexOf('/', environ['tsgi.url_scheme'].length + 3);
  return whole.slice(0, path) + targetOf(environ, true);
}

function headersOf(environ: Environ): Headers {
  const headers = new Headers();
  const raw = rawHeadersOf(environ);
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    try {
      headers.append(name, raw[index + 1] as string);
    } catch {
      // A field that HTTP allows and the Fetch standard does not: a name that is no token, say.
    }
  }
  return headers;
}

function makeRequest(environ: Environ, stripMount: boolean, headers = headersOf(environ)): Request {
  const method = environ.REQUEST_METHOD;
  const signal = environ['tsgi.signal'];
  const bodyless = method === 'GET' || method === 'HEAD' || hasNoBody(environ);
  return new Request(urlOf(environ, stripMount), {
    method,
    headers,
    ...(signal === undefined ? {} : { signal }),
    ...(bodyless ? {} : { body: environ['tsgi.input'].stream() as unknown as ReadableStream, duplex: 'half' }),
  } as RequestInit);
}

/** Stands for a `Request`: an instance of it, whose real self is made when it is needed. */
class LazyRequest {
  readonly #environ: Environ;
  readonly #stripMount: boolean;
  #url: string | undefined;
  #headers: Headers | undefined;
  #real: Request | undefined;

  constructor(environ: Environ, stripMount: boolean) {
    this.#environ = environ;
    this.#stripMount = stripMount;
  }

  static realOf(request: LazyRequest): Request {
    return (request.#real ??= makeRequest(request.#environ, request.#stripMount, request.headers));
  }

  get method(): string {
    return this.#environ.REQUEST_METHOD;
  }

  get url(): string {
    return (this.#url ??= new URL(urlOf(this.#environ, this.#stripMount)).href);
  }

  get headers(): Headers {
    return (this.#headers ??= headersOf(this.#environ));
  }

  get signal(): AbortSignal {
    return this.#environ['tsgi.signal'] ?? LazyRequest.realOf(this).signal;
  }
}

/** Lets everything else that a `Request` has, its internal state included, come from the real one. */
function completeLazyRequest(): void {
  const target = LazyRequest.prototype;
  const own = new Set(Object.getOwnPropertyNames(target));
  for (const name of Object.getOwnPropertyNames(Request.prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(Request.prototype, name) as PropertyDescriptor;
    if (own.has(name)) {
      continue;
    }
    if (typeof descriptor.value === 'function') {
      const method = descriptor.value as (...args: unknown[]) => unknown;
      Object.defineProperty(target, name, {
        configurable: true,
        writable: true,
        value(this: LazyRequest, ...args: unknown[]) {
          return method.apply(LazyRequest.realOf(this), args);
        },
      });
    } else {
      forward(target, name);
    }
  }
  for (const symbol of Object.getOwnPropertySymbols(new Request('http://localhost/'))) {
    forward(target, symbol);
  }
  Object.setPrototypeOf(target, Request.prototype);
}

function forward(target: object, name: string | symbol): void {
  Object.defineProperty(target, name, {
    configurable: true,
    get(this: LazyRequest) {
      return (LazyRequest.realOf(this) as unknown as Record<string | symbol, unknown>)[name];
    },
  });
}

/** Whether Node's own `new Request(…)` takes a lazy one for a request; it does where it keeps its state in symbols. */
function lazyIsGenuine(): boolean {
  completeLazyRequest();
  const probe = {
    REQUEST_METHOD: 'PUT',
    SCRIPT_NAME: '',
    PATH_INFO: '/probe',
    QUERY_STRING: '',
    REQUEST_URI: '/probe',
  };
  const facts = { SERVER_NAME: 'localhost', SERVER_PORT: '80', SERVER_PROTOCOL: 'HTTP/1.1', 'tsgi.url_scheme': 'http' };
  try {
    const copy = new Request(
      new LazyRequest({ ...probe, ...facts } as unknown as Environ, false) as unknown as Request,
    );
    return copy.method === 'PUT' && copy.url === 'http://localhost/probe';
  } catch {
    return false;
  }
}
