import { FileWrapper, type Environ, type FileWrapperFactory } from '../spec';
import { HEADER_KEY, REQUIRED_KEYS, SPELLED_KEY, type Binding } from './binding';
import type { Exchange } from './exchange';
import { earlyHints } from './early-hints';
import { exchangeOf, markEnviron } from './environ-mark';
import { RequestInput } from './request-input';

const VERSION: readonly [number, number] = Object.freeze([1, 0] as [number, number]);

const makeFileWrapper: FileWrapperFactory = (source, options) => new FileWrapper(source, options);

const SIGNAL = memoised('tsgi.signal', (exchange) => exchange.signal);
const RAW_HEADERS = memoised('tsgi.raw_headers', (exchange) => exchange.rawHeaders);

/** Makes environ objects out of what the native side has packed (`Callbacks.begin`). One for each isolate. */
export class EnvironMaker {
  readonly #headerKeys: readonly string[];
  readonly #environKeys: readonly string[];
  readonly #earlyHints: boolean;
  readonly #multithread: boolean;
  readonly #multiprocess: boolean;

  constructor(binding: Binding) {
    this.#environKeys = binding.environKeys;
    this.#headerKeys = binding.headerKeys;
    this.#earlyHints = binding.host.earlyHints;
    this.#multithread = binding.host.multithread;
    this.#multiprocess = binding.host.multiprocess;
  }

  /**
   * The environ of an exchange. What nearly every application touches, or costs next to nothing, is a plain property;
   * what few touch and costs more is a memoising accessor. The keys that are always there make one literal, so that
   * all environs share the beginning of their shape.
   */
  make(exchange: Exchange, text: string, words: Uint32Array): Environ {
    const end = (entry: number): number => words[2 + 2 * entry] as number;
    const scheme = text.slice(end(7), end(8));
    const environ: Environ = {
      REQUEST_METHOD: text.slice(0, end(0)),
      SCRIPT_NAME: text.slice(end(0), end(1)),
      PATH_INFO: text.slice(end(1), end(2)),
      QUERY_STRING: text.slice(end(2), end(3)),
      REQUEST_URI: text.slice(end(3), end(4)),
      SERVER_PROTOCOL: text.slice(end(4), end(5)),
      SERVER_NAME: text.slice(end(5), end(6)),
      SERVER_PORT: text.slice(end(6), end(7)),
      REQUEST_SCHEME: scheme,
      'tsgi.version': VERSION,
      'tsgi.url_scheme': scheme === 'https' ? 'https' : 'http',
      'tsgi.input': new RequestInput(exchange.input),
      'tsgi.errors': exchange.errors,
      'tsgi.multithread': this.#multithread,
      'tsgi.multiprocess': this.#multiprocess,
      'tsgi.run_once': false,
      'tsgi.flush_headers': () => {
        exchange.response.flush();
      },
      'tsgi.on_finish': (callback) => {
        exchange.onFinish(callback);
      },
      'tsgi.file_wrapper': makeFileWrapper,
    };
    if (this.#earlyHints) {
      environ['tsgi.early_hints'] = (headers) => {
        earlyHints(exchange, headers);
      };
    }
    markEnviron(environ, exchange);
    Object.defineProperty(environ, 'tsgi.signal', SIGNAL);
    Object.defineProperty(environ, 'tsgi.raw_headers', RAW_HEADERS);
    this.#addRest(environ, text, words);
    return environ;
  }

  #addRest(environ: Environ, text: string, words: Uint32Array): void {
    const count = words[0] as number;
    let start = words[2 * REQUIRED_KEYS] as number;
    for (let entry = REQUIRED_KEYS; entry < count; entry++) {
      const key = words[1 + 2 * entry] as number;
      const end = words[2 + 2 * entry] as number;
      if (key < HEADER_KEY) {
        environ[this.#environKeys[key] as string] = text.slice(start, end);
      } else if (key < SPELLED_KEY) {
        environ[this.#headerKeys[key - HEADER_KEY] as string] = text.slice(start, end);
      } else {
        const value = start + key - SPELLED_KEY;
        environ[text.slice(start, value)] = text.slice(value, end);
      }
      start = end;
    }
  }
}

/**
 * A key whose object is made when it is first read, and may be replaced. One pair of functions serves all environs, so
 * that they keep one shape; the exchange is found by the mark of the environ it was defined on.
 */
function memoised(name: string, make: (exchange: Exchange) => unknown): PropertyDescriptor {
  return {
    enumerable: true,
    configurable: true,
    get(this: object) {
      return make(exchangeOf(this));
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true });
    },
  };
}
