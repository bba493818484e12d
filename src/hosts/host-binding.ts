import { checkHeaders, type Headers } from '../spec';
import {
  Status,
  SLOT_COUNT,
  slotOf,
  type AppFacts,
  type Binding,
  type Callbacks,
  type Handle,
  type HostFacts,
} from '../server/binding';
import { ENVIRON_KEYS, HEADER_KEYS } from './environ-entries';

const REASON = /^[^\0-\x08\x0a-\x1f\x7f]*$/;

/** What a host does for one exchange. Answers are those of `Binding`: a count, or a negative `Status`. */
export interface HostedExchange {
  readonly handle: Handle;
  /** As received: name, value, name, value. */
  readonly rawHeaders: string[];
  start(status: number, reason: string, headers: Headers, length: number): number;
  /** Takes of a chunk what the window has room for; the chunk is the caller's. `whole`: all of it, or `Status.Again`. */
  data(chunk: Uint8Array, whole: boolean): number;
  file(fd: number, offset: number, size: number): number;
  inform(status: number, headers: Headers): number;
  want(size: number): number;
  end(status: number): number;
}

/**
 * The wall of `src/server` for a host that is written in JavaScript. It finds the exchange that a call is about and
 * checks what native code would check; the exchange does the rest.
 *
 * Made and owned by its host, with which it dies.
 */
export abstract class HostBinding<E extends HostedExchange> implements Binding {
  abstract readonly host: HostFacts;
  readonly coming: boolean = false;
  readonly environment = {};
  readonly modulePath: readonly string[] = [];
  readonly startupTimeout: number = 0;
  readonly environKeys = ENVIRON_KEYS;
  readonly headerKeys = HEADER_KEYS;
  readonly words = new Uint32Array(1 + 2 * 512);
  /** Resolves when `stopped` was called. */
  readonly stopping: Promise<void>;

  #stopped: () => void = () => undefined;
  #callbacks: Callbacks | undefined;
  readonly #exchanges: Array<E | undefined> = [];
  readonly #generations: number[] = [];
  readonly #free: number[] = [];
  #live = 0;

  constructor(
    private readonly apps: readonly AppFacts[],
    /** Bytes per direction that may be under way. */
    readonly window: number,
  ) {
    this.stopping = new Promise((resolve) => {
      this.#stopped = resolve;
    });
  }

  // ---- the host's side ----

  /** Exchanges that have not ended. */
  get live(): number {
    return this.#live;
  }

  /** A handle that no exchange has had before. */
  newHandle(): Handle {
    const slot = this.#free.pop() ?? this.#generations.push(0) - 1;
    this.#generations[slot] = (this.#generations[slot] as number) + 1;
    return slot + (this.#generations[slot] as number) * SLOT_COUNT;
  }

  add(exchange: E): void {
    this.#exchanges[slotOf(exchange.handle)] = exchange;
    this.#live++;
  }

  /** The handle expires. False: it had expired before. */
  drop(exchange: E): boolean {
    const slot = slotOf(exchange.handle);
    if (this.#exchanges[slot] !== exchange) {
      return false;
    }
    this.#exchanges[slot] = undefined;
    this.#free.push(slot);
    this.#live--;
    return true;
  }

  /** The live exchange of a handle. */
  find(handle: Handle): E | undefined {
    const exchange = this.#exchanges[slotOf(handle)];
    return exchange?.handle === handle ? exchange : undefined;
  }

  /** Runs a callback about an exchange, unless that has ended. */
  tell(exchange: E, run: (callbacks: Callbacks) => void): void {
    if (this.#callbacks !== undefined && this.find(exchange.handle) === exchange) {
      run(this.#callbacks);
    }
  }

  /** Runs a callback. */
  tellLate(run: (callbacks: Callbacks) => void): void {
    if (this.#callbacks !== undefined) {
      run(this.#callbacks);
    }
  }

  /** `src/server` has sent what it should have refused; it is told by the answer, and logs it. */
  protected fault(_exchange: E, _text: string): void {}

  // ---- the wall ----

  attach(callbacks: Callbacks): void {
    this.#callbacks = callbacks;
    for (const app of this.apps) {
      callbacks.open(app);
    }
  }

  /** Nothing waits on this side of the wall. */
  ready(_app: number): void {}

  take(handle: Handle): number {
    return this.find(handle) === undefined ? Status.Expired : Status.Ok;
  }

  start(handle: Handle, status: number, head: string, fields: number, length: number): number {
    const exchange = this.find(handle);
    return exchange === undefined ? Status.Expired : this.#start(exchange, status, head, fields, length);
  }

  respond(handle: Handle, status: number, head: string, fields: number, body: string | Uint8Array | undefined): number {
    const exchange = this.find(handle);
    if (exchange === undefined) {
      return Status.Expired;
    }
    const bytes = body === undefined ? undefined : bytesOf(body);
    if (bytes !== undefined && bytes.byteLength > this.window) {
      return Status.Again;
    }
    const started = this.#start(exchange, status, head, fields, bytes?.byteLength ?? -1);
    if (started !== Status.Ok) {
      return started;
    }
    if (bytes !== undefined && bytes.byteLength > 0) {
      const taken = exchange.data(bytes, true);
      if (taken < 0) {
        return taken;
      }
    }
    return this.end(handle, 0);
  }

  data(handle: Handle, chunk: string | Uint8Array, offset: number): number {
    const whole = typeof chunk === 'string';
    const bytes = whole ? Buffer.from(chunk) : chunk.subarray(offset);
    return this.find(handle)?.data(bytes, whole) ?? Status.Expired;
  }

  file(handle: Handle, fd: number, offset: number, size: number): number {
    return this.find(handle)?.file(fd, offset, size) ?? Status.Expired;
  }

  end(handle: Handle, status: number): number {
    const exchange = this.find(handle);
    if (exchange === undefined) {
      return Status.Expired;
    }
    this.drop(exchange);
    return exchange.end(status);
  }

  inform(handle: Handle, status: number, head: string, fields: number): number {
    const exchange = this.find(handle);
    if (exchange === undefined) {
      return Status.Expired;
    }
    const parsed = this.#parse(head, fields);
    if (status < 100 || status > 199 || parsed === undefined) {
      this.fault(exchange, 'an invalid INFORM');
      return Status.Invalid;
    }
    return exchange.inform(status, parsed.headers);
  }

  want(handle: Handle, size: number): number {
    return this.find(handle)?.want(size) ?? Status.Expired;
  }

  rawHeaders(handle: Handle): string[] | undefined {
    return this.find(handle)?.rawHeaders.slice(); // native code makes a new one each time
  }

  abstract log(handle: Handle, app: number, level: number, tag: number, text: string): void;

  abstract die(reason: string): void;

  /** Whoever runs the host restarts it. */
  watch(_path: string, _stamp?: string): void {}

  /** Of no use to a host whose application is always there. */
  note(_app: number, _state: number): void {}

  /** Nothing comes. */
  arrived(): void {}
  failed(_reason: string): void {}

  stopped(): void {
    this.#stopped();
  }

  // ---- what native code does behind it ----

  #start(exchange: E, status: number, head: string, fields: number, length: number): number {
    const parsed = this.#parse(head, fields);
    if (status < 200 || status > 999 || parsed === undefined) {
      this.fault(exchange, `an invalid head: ${status} ${JSON.stringify(head)}`);
      return Status.Invalid;
    }
    return exchange.start(status, parsed.reason, parsed.headers, length);
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

function bytesOf(chunk: string | Uint8Array): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
