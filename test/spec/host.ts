/**
 * A host of a few lines for the tests of this folder: it plays the server's side of one exchange by the book, in
 * memory, and tells what a client would have seen. A test that needs a server to misbehave calls the application by
 * itself with the parts from here.
 */
import { ReadableStream } from 'node:stream/web';
import { checkBody, declaredLength, isBodyless, lint, statusCode, TsgiError } from '../../src/index';
import type {
  Application,
  Body,
  Chunk,
  Environ,
  ErrorStream,
  FinishReason,
  Headers,
  InputStream,
  StartResponse,
} from '../../src/index';

export type Overrides = Record<string, unknown>;

/** A valid environ of a GET request; `overrides` replace or add keys, and remove those that they give as undefined. */
export function makeEnviron(overrides: Overrides = {}, input: InputStream = new MemoryInput([])): Environ {
  const environ: Record<string, unknown> = {
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '/app',
    PATH_INFO: '/page',
    QUERY_STRING: '',
    SERVER_NAME: 'localhost',
    SERVER_PORT: '80',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REQUEST_URI: '/app/page',
    HTTP_HOST: 'localhost',
    'tsgi.version': [1, 0],
    'tsgi.url_scheme': 'http',
    'tsgi.input': input,
    'tsgi.errors': new MemoryErrors(),
    'tsgi.multithread': false,
    'tsgi.multiprocess': false,
    'tsgi.run_once': false,
  };
  for (const [name, value] of Object.entries(overrides)) {
    if (value === undefined) {
      delete environ[name];
    } else {
      environ[name] = value;
    }
  }
  return environ as unknown as Environ;
}

/** The input stream of a request whose body is at hand. */
export class MemoryInput implements InputStream {
  #rest: Buffer;
  #busy = false;

  constructor(readonly chunks: Array<Uint8Array | string>) {
    this.#rest = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string)));
  }

  #take(size: number): Uint8Array {
    const taken = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return taken;
  }

  #operate<T>(answer: () => T): Promise<T> {
    if (this.#busy) {
      return Promise.reject(new TsgiError('TSGI_INPUT_BUSY', 'tsgi.input is being read'));
    }
    this.#busy = true;
    return Promise.resolve().then(() => {
      this.#busy = false;
      return answer();
    });
  }

  #lineEnd(size = Infinity): number {
    const feed = this.#rest.indexOf('\n');
    return Math.min(feed < 0 ? this.#rest.length : feed + 1, size);
  }

  read(size?: number): Promise<Uint8Array> {
    return this.#operate(() => this.#take(size ?? this.#rest.length));
  }

  readLine(size?: number): Promise<Uint8Array> {
    return this.#operate(() => this.#take(this.#lineEnd(size)));
  }

  readLines(hint = Infinity): Promise<Uint8Array[]> {
    return this.#operate(() => {
      const lines: Uint8Array[] = [];
      for (let size = 0; this.#rest.length > 0 && size < hint; size += lines.at(-1)?.length ?? 0) {
        lines.push(this.#take(this.#lineEnd()));
      }
      return lines;
    });
  }

  async *lines(): AsyncGenerator<Uint8Array> {
    for (let line = await this.readLine(); line.length > 0; line = await this.readLine()) {
      yield line;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.read(4); chunk.length > 0; chunk = await this.read(4)) {
      yield chunk;
    }
  }

  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      pull: (controller) => {
        controller.enqueue(this.#take(this.#rest.length));
        controller.close();
      },
    });
  }
}

export class MemoryErrors implements ErrorStream {
  text = '';

  write(text: string): void {
    this.text += text;
  }

  writeLines(texts: Iterable<string>): void {
    for (const text of texts) {
      this.text += text;
    }
  }

  flush(): void {}
}

/** What became of an exchange. */
export interface Outcome {
  status: string;
  headers: Headers;
  body: string;
  /** The chunks in which it came. */
  chunks: string[];
  /** What failed the exchange. */
  error: unknown;
  /** Whether the failure came after the response was committed. */
  reset: boolean;
  reason: FinishReason;
  /** What was done with the body, in order. */
  calls: string[];
  violations: TsgiError[];
  log: string;
}

export interface HostOptions {
  environ?: Overrides;
  input?: Array<Uint8Array | string>;
  /** The client leaves after so many chunks. */
  leaveAfter?: number;
  /** Calls the application without the validator. */
  bare?: boolean;
}

/** One exchange from its beginning to its end. */
export async function run(application: Application, options: HostOptions = {}): Promise<Outcome> {
  const violations: TsgiError[] = [];
  const target =
    options.bare === true ? application : lint(application, { onViolation: (error) => violations.push(error) });
  return new Exchange(options, violations).run(target);
}

class Exchange {
  readonly #controller = new AbortController();
  readonly #callbacks: Array<(reason: FinishReason) => void> = [];
  readonly #errors = new MemoryErrors();
  readonly #outcome: Outcome;
  #committed = false;
  #ended = false;
  #written = false;
  #pulled = false;
  #sent = 0;

  constructor(
    private readonly options: HostOptions,
    violations: TsgiError[],
  ) {
    this.#outcome = {
      status: '',
      headers: [],
      body: '',
      chunks: [],
      error: undefined,
      reset: false,
      reason: 'complete',
      calls: [],
      violations,
      log: '',
    };
  }

  async run(application: Application): Promise<Outcome> {
    const outcome = this.#outcome;
    const environ = this.#environ();
    let body: unknown;
    try {
      body = await application(environ, this.#startResponse());
      const violation = checkBody(body);
      if (violation !== undefined) {
        throw TsgiError.of(violation);
      }
      await this.#pump(body as Body, environ.REQUEST_METHOD === 'HEAD');
      this.#started();
    } catch (error) {
      outcome.error = error;
      outcome.reason = 'error';
      outcome.reset = this.#committed;
    }
    if (outcome.reason === 'client_gone') {
      this.#controller.abort();
    }
    this.#ended = true;
    try {
      await (body as { close?: () => unknown } | undefined)?.close?.();
    } catch (error) {
      outcome.calls.push(`close threw ${(error as TsgiError).rule ?? String(error)}`);
    }
    for (const callback of this.#callbacks) {
      callback(outcome.reason);
    }
    outcome.body = outcome.chunks.join('');
    outcome.log = this.#errors.text;
    return outcome;
  }

  #environ(): Environ {
    const input = new MemoryInput(this.options.input ?? []);
    return makeEnviron(
      {
        'tsgi.errors': this.#errors,
        'tsgi.signal': this.#controller.signal,
        'tsgi.flush_headers': () => {
          this.#committed = true;
        },
        'tsgi.early_hints': () => undefined,
        'tsgi.on_finish': (callback: (reason: FinishReason) => void) => {
          this.#alive();
          this.#callbacks.push(callback);
        },
        'tsgi.raw_headers': ['Host', 'localhost'],
        ...this.options.environ,
      },
      input,
    );
  }

  #startResponse(): StartResponse {
    return (status, headers, error) => {
      this.#alive();
      if (this.#committed && error !== undefined) {
        throw error;
      }
      this.#outcome.status = status;
      this.#outcome.headers = headers;
      return (chunk) => {
        if (this.#ended) {
          return Promise.reject(new TsgiError('TSGI_EXPIRED', 'the exchange has ended'));
        }
        if (this.#pulled) {
          throw new TsgiError('TSGI_SPEC', 'write after the pull');
        }
        this.#written ||= chunk.length > 0;
        this.#send(chunk);
        return Promise.resolve();
      };
    };
  }

  #alive(): void {
    if (this.#ended) {
      throw new TsgiError('TSGI_EXPIRED', 'the exchange has ended');
    }
  }

  #started(): void {
    if (this.#outcome.status === '') {
      throw new Error('the application never called startResponse');
    }
  }

  /** Pulls the body; true when the response is complete. */
  async #pump(body: Body, head: boolean): Promise<void> {
    const outcome = this.#outcome;
    if (Array.isArray(body) && !this.#written && outcome.status !== '') {
      if (declaredLength(outcome.headers) === undefined) {
        const size = body.reduce<number>((sum, chunk: Chunk) => sum + Buffer.byteLength(chunk), 0);
        outcome.headers = [...outcome.headers, ['Content-Length', String(size)]];
      }
    }
    if (body === null || body === undefined) {
      return;
    }
    const iterator =
      Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : (body as Iterable<Chunk>)[Symbol.iterator]();
    for (;;) {
      this.#pulled = true;
      outcome.calls.push('next');
      const { done, value } = (await iterator.next()) as IteratorResult<Chunk, unknown>;
      if (done === true) {
        return;
      }
      const chunk = value as Chunk;
      if (chunk.length > 0) {
        this.#started();
      }
      this.#send(chunk);
      const length = declaredLength(outcome.headers);
      const bodyless = head || isBodyless(statusCode(outcome.status));
      const leaves = outcome.chunks.length === this.options.leaveAfter;
      if (leaves || (bodyless && chunk.length > 0) || (length !== undefined && this.#sent > length)) {
        outcome.reason = leaves ? 'client_gone' : 'complete';
        outcome.calls.push('return');
        try {
          await iterator.return?.();
        } catch (error) {
          outcome.calls.push(`return threw ${(error as TsgiError).rule ?? String(error)}`);
        }
        return;
      }
    }
  }

  #send(chunk: Chunk): void {
    if (chunk.length === 0) {
      return;
    }
    this.#committed = true;
    const bytes = Buffer.from(chunk as string);
    const room = (declaredLength(this.#outcome.headers) ?? Infinity) - this.#sent;
    this.#sent += bytes.length;
    if (room > 0) {
      this.#outcome.chunks.push(bytes.subarray(0, room).toString());
    }
  }
}

/** A `startResponse` that accepts everything. */
export const acceptAll: StartResponse = () => () => undefined;
