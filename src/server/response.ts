import {
  checkChunk,
  checkFlush,
  checkHeaders,
  checkLength,
  checkStart,
  checkStarted,
  checkStatus,
  checkWrite,
  declaredLength,
  isBodyless,
  statusCode,
  TsgiError,
  type Chunk,
  type Headers,
  type ResponseState,
  type Write,
} from '../spec';
import { Backlog } from './backlog';
import { Status } from './binding';
import type { Exchange } from './exchange';
import { checkFieldCount, fieldCount, loadCuts, packHead, type Head } from './head';
import { report } from './report';
import { Tags } from './log-tags';

const NO_HEAD: Head = { text: '', cuts: [0] };
const DONE = Promise.resolve();

/**
 * The response of one exchange: what `startResponse`, `write`, the extensions and the pump do to it.
 *
 * Made and owned by its exchange, dead with it. Everything that is sent passes here, and is counted against the
 * declared length here.
 */
export class Response {
  /**
   *     idle ── start ──▶ started ── commit ──▶ committed ── Exchange ends ──▶ ended
   *       │               │    ▲                                                 ▲
   *       │               └────┘ start with an error                             │
   *       └──────────────────┴── the client, the host or a failure ends it early ┘
   *
   * `commit` is the first non-empty chunk, `flush_headers`, or the end of the body. Only `Exchange` sets `ended`.
   */
  state: ResponseState = 'idle';
  /** Whether a non-empty chunk was handed to `write`: an array then no longer tells the length. */
  written = false;
  /** Bytes that may still be sent; -1 when no length was declared or the response has no content. */
  remaining = -1;

  #code = 0;
  #head = NO_HEAD;
  #declared = -1;
  #excess = false;
  #write: Write | undefined;
  #backlog: Backlog | undefined;

  constructor(private readonly exchange: Exchange) {}

  /** Whether the status is one that has no content, and no length of it: 204, 304. */
  get contentless(): boolean {
    return isBodyless(this.#code);
  }

  /** Whether no byte of a body is sent, whatever the application yields. */
  get bodyless(): boolean {
    return this.exchange.head || isBodyless(this.#code);
  }

  /** The length that the application declared; -1 when it did not. */
  get declared(): number {
    return this.#declared;
  }

  /** `startResponse`. Every check happens here, at the call; the native side repeats them. */
  start(status: string, headers: Headers, error: unknown): Write {
    if (this.state === 'ended') {
      throw expired('startResponse');
    }
    const violation = checkStatus(status) ?? checkHeaders(headers) ?? checkStart(this.state, error);
    if (violation !== undefined) {
      throw TsgiError.of(violation);
    }
    if (this.state === 'committed') {
      this.exchange.fail(error);
      throw error;
    }
    const code = statusCode(status);
    const head = packHead(status.slice(4), headers, code === 204);
    checkFieldCount(this.exchange.binding, head);
    this.#code = code;
    this.#head = head;
    this.#declared = (code === 204 ? undefined : declaredLength(headers)) ?? -1;
    this.state = 'started';
    this.#write ??= (chunk) => this.write(chunk);
    return this.#write;
  }

  /** `write`. Never blocks; the promise resolves when the chunk is inside the credit window. */
  write(chunk: Chunk): Promise<void> {
    if (this.state === 'ended') {
      return rejected(expired('write'));
    }
    const violation = checkWrite(this.exchange.pulled) ?? checkChunk(chunk);
    if (violation !== undefined) {
      throw TsgiError.of(violation);
    }
    if (chunk.length === 0) {
      return DONE;
    }
    if (this.state === 'started' && !this.commit(-1)) {
      return rejected(expired('write'));
    }
    this.written = true;
    if (this.bodyless) {
      return DONE;
    }
    const backlog = this.#backlog;
    const cut = this.#cut(chunk);
    const rest = backlog !== undefined && backlog.bytes > 0 ? cut : this.#send(cut);
    if (rest === undefined || rest.length === 0) {
      return this.state === 'committed' ? DONE : rejected(expired('write'));
    }
    return this.#hold((this.#backlog ??= new Backlog()), rest);
  }

  /** `tsgi.flush_headers`. */
  flush(): void {
    if (this.state === 'ended') {
      throw expired('tsgi.flush_headers');
    }
    TsgiError.check(checkFlush(this.state));
    if (this.state === 'started') {
      this.commit(-1);
    }
  }

  /**
   * Sends the head. `length` is what the server knows of the body's length when the application declared none; -1 is
   * nothing. False: the exchange has ended instead.
   */
  commit(length: number): boolean {
    const { binding, handle } = this.exchange;
    this.#begin(length);
    loadCuts(binding, this.#head);
    return this.#sent(binding.start(handle, this.#code, this.#head.text, fieldCount(this.#head), length));
  }

  /**
   * Sends head, body and end at once, for a body that is not longer than what was declared. False: it does not fit the
   * window and nothing was sent, or the exchange has ended by a failure; the state tells.
   */
  respond(body: string | Uint8Array | undefined): boolean {
    const { binding, handle } = this.exchange;
    loadCuts(binding, this.#head);
    const status = binding.respond(handle, this.#code, this.#head.text, fieldCount(this.#head), body);
    return status === Status.Again ? false : this.#sent(status);
  }

  /**
   * Sends a non-empty chunk of the body, committing the response if need be. True: it is inside the window and nothing
   * hinders the next. False: `Exchange.resume` is called when it is, or the exchange has ended.
   */
  push(chunk: Chunk): boolean {
    const violation = checkStarted(this.state);
    if (violation !== undefined) {
      this.exchange.fail(TsgiError.of(violation));
      return false;
    }
    if (this.state === 'started' && !this.commit(-1)) {
      return false;
    }
    const rest = this.#send(this.#cut(chunk));
    if (rest === undefined) {
      return this.state === 'committed';
    }
    (this.#backlog ??= new Backlog()).add(rest, undefined);
    return false;
  }

  /** Sends a piece of an open file. `again`: the window is full. */
  pushFile(fd: number, offset: number, length: number): 'sent' | 'again' | 'ended' {
    const size = this.remaining >= 0 ? Math.min(length, this.remaining) : length;
    const status = size === 0 ? Status.Ok : this.exchange.binding.file(this.exchange.handle, fd, offset, size);
    if (status === Status.Again) {
      return 'again';
    }
    if (!this.#sent(status)) {
      return 'ended';
    }
    if (size < length) {
      this.reportExcess();
    }
    if (this.remaining >= 0) {
      this.remaining -= size;
    }
    return 'sent';
  }

  /** The window has room again. True: everything that waited is inside it. */
  credit(): boolean {
    const backlog = this.#backlog;
    if (backlog === undefined) {
      return true;
    }
    for (let entry = backlog.first(); entry !== undefined; entry = backlog.first()) {
      const taken = this.exchange.binding.data(this.exchange.handle, entry.bytes, entry.offset);
      if (taken < 0 && taken !== Status.Again) {
        this.#sent(taken);
        return false;
      }
      if (!backlog.take(entry, Math.max(taken, 0))) {
        return false;
      }
    }
    return true;
  }

  /** Whether everything that was handed over is inside the window. */
  get accepted(): boolean {
    return this.#backlog === undefined || this.#backlog.bytes === 0;
  }

  /** Whether the application produced more than it had declared. */
  get excess(): boolean {
    return this.#excess;
  }

  /** Why the response must not end now as it is; undefined when all that was declared was sent. */
  shortage(): TsgiError | undefined {
    const missing = this.state === 'committed' ? this.remaining : this.#declared;
    if (missing <= 0 || this.bodyless) {
      return undefined;
    }
    const violation = checkLength(this.#declared - missing, this.#declared);
    return violation && TsgiError.of(violation);
  }

  /** The exchange has ended: what waits is dropped, and its promises reject with `error`. */
  expire(error: () => TsgiError): void {
    this.state = 'ended';
    this.#backlog?.drop(error);
    this.#backlog = undefined;
  }

  /** Logs, once, that more was produced than had been declared. */
  reportExcess(): void {
    if (!this.#excess) {
      this.#excess = true;
      const text = `length-excess: the body goes on beyond its Content-Length of ${this.#declared} bytes; the excess was cut`;
      report(this.exchange.binding, this.exchange, Tags.LengthExcess, text);
    }
  }

  #begin(length: number): void {
    this.state = 'committed';
    this.remaining = this.bodyless ? -1 : this.#declared >= 0 ? this.#declared : length;
  }

  /** Counts a chunk, and cuts what exceeds the declared length. */
  #cut(chunk: Chunk): Chunk {
    if (this.remaining < 0) {
      return chunk;
    }
    const size = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength;
    if (size <= this.remaining) {
      this.remaining -= size;
      return chunk;
    }
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const cut = bytes.subarray(0, this.remaining);
    this.remaining = 0;
    this.reportExcess();
    return cut;
  }

  /** Sends a chunk; returns the part of it that the window has no room for, undefined when there is none. */
  #send(chunk: Chunk): Uint8Array | undefined {
    const { binding, handle } = this.exchange;
    if (chunk.length === 0) {
      return undefined;
    }
    let taken = binding.data(handle, chunk, 0);
    let bytes = chunk;
    if (typeof bytes === 'string') {
      if (taken >= 0) {
        return undefined;
      }
      bytes = Buffer.from(bytes);
      taken = taken === Status.Again ? binding.data(handle, bytes, 0) : taken;
    }
    if (taken < 0 && taken !== Status.Again) {
      this.#sent(taken);
      return undefined;
    }
    const offset = Math.max(taken, 0);
    return offset === bytes.byteLength ? undefined : bytes.subarray(offset);
  }

  /** Keeps a chunk of `write` until there is room. */
  #hold(backlog: Backlog, chunk: Chunk): Promise<void> {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const { writeLimit } = this.exchange.facts;
    if (backlog.bytes + bytes.byteLength > writeLimit) {
      const error = new TsgiError(
        'TSGI_WRITE_LIMIT',
        `${backlog.bytes + bytes.byteLength} bytes of write() wait for the client, the limit is ${writeLimit}`,
      );
      this.exchange.fail(error);
      throw error;
    }
    const promise = new Promise<void>((resolve, reject) => {
      backlog.add(bytes, { resolve, reject });
    });
    promise.catch(ignore);
    return promise;
  }

  /** Turns the binding's status into the end of the exchange, unless it is a success. */
  #sent(status: number): boolean {
    if (status >= 0) {
      return true;
    }
    this.exchange.refused(status);
    return false;
  }
}

/** The error for a call that comes when the exchange is over. */
export function expired(what: string): TsgiError {
  return new TsgiError('TSGI_EXPIRED', `${what} was called after its exchange had ended`);
}

/** A rejected promise that nobody has to handle. */
export function rejected(error: TsgiError): Promise<never> {
  const promise = Promise.reject<never>(error);
  promise.catch(ignore);
  return promise;
}

function ignore(): void {}
