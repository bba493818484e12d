import { checkHeaders, type Headers } from '../spec';
import {
  Status,
  SLOT_COUNT,
  type AppFacts,
  type Binding,
  type Callbacks,
  type Handle,
  type HostFacts,
} from '../server/binding';
import { ENVIRON_KEYS, HEADER_KEYS } from './mock-environ';
import type { HostExchange } from './mock-exchange';
import type { LogRecord, MockOptions } from './types';

const WINDOW = 256 * 1024;
const REASON = /^[^\0-\x08\x0a-\x1f\x7f]*$/;

/**
 * The native side of the wall, in TypeScript. Callbacks run one at a time on an empty stack, as native code runs them;
 * calls are checked as strictly as native code checks them.
 */
export class MockBinding implements Binding {
  readonly host: HostFacts;
  readonly environment = {};
  readonly modulePath: readonly string[] = [];
  readonly environKeys = ENVIRON_KEYS;
  readonly headerKeys = HEADER_KEYS;
  readonly words = new Uint32Array(1 + 2 * 512);
  readonly window: number;

  readonly records: LogRecord[] = [];
  readonly faults: string[] = [];
  readonly deaths: string[] = [];
  /** Resolves when `stopped` was called. */
  readonly stopping: Promise<void>;
  #stopped: () => void = () => undefined;

  #callbacks: Callbacks | undefined;
  readonly #exchanges = new Map<Handle, HostExchange>();
  readonly #generations: number[] = [];
  readonly #free: number[] = [];
  /** Exchanges by handle, also ended ones, so that late records find their exchange. */
  readonly #numbers = new Map<Handle, HostExchange>();

  constructor(
    private readonly apps: readonly AppFacts[],
    private readonly appNames: readonly string[],
    options: MockOptions,
  ) {
    this.window = options.window ?? WINDOW;
    this.host = {
      name: 'mock',
      embedded: false,
      multiprocess: options.multiprocess ?? false,
      multithread: options.multithread ?? false,
      earlyHints: options.earlyHints ?? true,
      sendfile: options.sendfile ?? true,
    };
    this.stopping = new Promise((resolve) => {
      this.#stopped = resolve;
    });
  }

  // ---- the host's side ----

  get live(): number {
    return this.#exchanges.size;
  }

  /** A handle that no exchange has had before. */
  newHandle(): Handle {
    const slot = this.#free.pop() ?? this.#generations.push(0) - 1;
    this.#generations[slot] = (this.#generations[slot] as number) + 1;
    return slot + (this.#generations[slot] as number) * SLOT_COUNT;
  }

  add(exchange: HostExchange): void {
    this.#exchanges.set(exchange.handle, exchange);
    this.#numbers.set(exchange.handle, exchange);
  }

  /** The handle expires. */
  drop(exchange: HostExchange): void {
    if (this.#exchanges.delete(exchange.handle)) {
      this.#free.push(exchange.handle % SLOT_COUNT);
    }
  }

  /** Runs a callback on a turn of its own, unless the exchange has ended by then. */
  post(exchange: HostExchange, run: (callbacks: Callbacks) => void): void {
    setImmediate(() => {
      if (this.#callbacks !== undefined && this.#exchanges.has(exchange.handle)) {
        run(this.#callbacks);
      }
    });
  }

  /** Runs a callback on a turn of its own. */
  postLate(run: (callbacks: Callbacks) => void): void {
    setImmediate(() => {
      if (this.#callbacks !== undefined) {
        run(this.#callbacks);
      }
    });
  }

  // ---- the wall ----

  attach(callbacks: Callbacks): void {
    this.#callbacks = callbacks;
    for (const app of this.apps) {
      callbacks.open(app);
    }
  }

  start(handle: Handle, status: number, head: string, fields: number, length: number): number {
    return this.#with(handle, (exchange) => this.#start(exchange, status, head, fields, length));
  }

  respond(handle: Handle, status: number, head: string, fields: number, body: string | Uint8Array | undefined): number {
    return this.#with(handle, (exchange) => {
      const bytes = body === undefined ? undefined : Buffer.from(body as string);
      if (bytes !== undefined && bytes.byteLength > this.window) {
        return Status.Again;
      }
      const started = this.#start(exchange, status, head, fields, bytes?.byteLength ?? -1);
      if (started !== Status.Ok) {
        return started;
      }
      if (bytes !== undefined && bytes.byteLength > 0) {
        const taken = exchange.client.data(bytes, true);
        if (taken < 0) {
          return taken;
        }
      }
      return this.#end(exchange, 0);
    });
  }

  data(handle: Handle, chunk: string | Uint8Array, offset: number): number {
    return this.#with(handle, (exchange) => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk.subarray(offset);
      const taken = exchange.client.data(bytes, typeof chunk === 'string');
      exchange.sent();
      return taken;
    });
  }

  file(handle: Handle, fd: number, offset: number, size: number): number {
    return this.#with(handle, (exchange) => {
      const status = exchange.client.file(fd, offset, size);
      exchange.sent();
      return status;
    });
  }

  end(handle: Handle, status: number): number {
    return this.#with(handle, (exchange) => this.#end(exchange, status));
  }

  inform(handle: Handle, status: number, head: string, fields: number): number {
    return this.#with(handle, (exchange) => {
      const parsed = this.#parse(head, fields);
      if (status < 100 || status > 199 || parsed === undefined) {
        this.faults.push(`exchange ${exchange.number}: an invalid INFORM`);
        return Status.Invalid;
      }
      return exchange.client.inform(status, parsed.headers);
    });
  }

  want(handle: Handle, size: number): number {
    return this.#with(handle, (exchange) => {
      exchange.want(size);
      return Status.Ok;
    });
  }

  rawHeaders(handle: Handle): string[] | undefined {
    return this.#exchanges.get(handle)?.packed.rawHeaders.slice(); // native code makes a new one each time
  }

  log(handle: Handle, app: number, level: number, tag: number, text: string): void {
    const exchange = this.#numbers.get(handle);
    const record = { level, tag, text, exchange: exchange?.number ?? 0, app: this.appNames[app - 1] };
    this.records.push(record);
    exchange?.client.log.push(record);
  }

  stopped(): void {
    this.#stopped();
  }

  die(reason: string): void {
    this.deaths.push(reason);
  }

  // ---- what native code does behind it ----

  #with(handle: Handle, call: (exchange: HostExchange) => number): number {
    const exchange = this.#exchanges.get(handle);
    return exchange === undefined ? Status.Expired : call(exchange);
  }

  #start(exchange: HostExchange, status: number, head: string, fields: number, length: number): number {
    const parsed = this.#parse(head, fields);
    if (status < 200 || status > 999 || parsed === undefined) {
      this.faults.push(`exchange ${exchange.number}: an invalid head: ${status} ${JSON.stringify(head)}`);
      return Status.Invalid;
    }
    return exchange.client.start(status, parsed.reason, parsed.headers, length);
  }

  #end(exchange: HostExchange, status: number): number {
    this.drop(exchange);
    return exchange.client.end(status);
  }

  /** Cuts a head as `words` says; undefined when a rule is broken. */
  #parse(head: string, fields: number): { reason: string; headers: Headers } | undefined {
    let at = 0;
    const next = (index: number): string => {
      const start = at;
      at += this.words[index] as number;
      return head.slice(start, at);
    };
    const reason = next(0);
    const headers: Headers = [];
    for (let field = 0; field < fields; field++) {
      headers.push([next(1 + 2 * field), next(2 + 2 * field)]);
    }
    return at === head.length && REASON.test(reason) && checkHeaders(headers) === undefined
      ? { reason, headers }
      : undefined;
  }
}
