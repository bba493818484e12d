import { readSync } from 'node:fs';
import { declaredLength, isBodyless, type Headers } from '../spec';
import { Status } from '../server/binding';
import type { LogRecord, MockHead, MockInform, MockResponse } from './types';

/** Someone who waits for a number to be reached. */
interface Waiter {
  reached(): boolean;
  resolve(): void;
}

/**
 * The response half of one exchange of the mock host: what a client and the native order table would make of the
 * messages. It trusts nothing: a message that is illegal is answered as native code answers it, and reported.
 */
export class MockClient {
  readonly informs: MockInform[] = [];
  readonly chunks: Uint8Array[] = [];
  readonly log: LogRecord[] = [];
  readonly head: Promise<MockHead>;
  readonly response: Promise<MockResponse>;
  received = 0;
  /** Bytes sent and not credited back. */
  outstanding = 0;
  /** Whether a `data` or `file` call was cut short since the last credit. */
  blocked = false;
  ended = false;

  #head: MockHead | undefined;
  #length = -1;
  readonly #waiters = new Set<Waiter>();
  #resolveHead: (head: MockHead) => void = () => undefined;
  #resolveResponse: (response: MockResponse) => void = () => undefined;

  constructor(
    private readonly window: number,
    private readonly isHead: boolean,
    private readonly fault: (text: string) => void,
  ) {
    this.head = new Promise((resolve) => {
      this.#resolveHead = resolve;
    });
    this.response = new Promise((resolve) => {
      this.#resolveResponse = resolve;
    });
  }

  get started(): boolean {
    return this.#head !== undefined;
  }

  get body(): Uint8Array {
    return Buffer.concat(this.chunks);
  }

  get #bodyless(): boolean {
    return this.isHead || isBodyless(this.#head?.status ?? 0);
  }

  inform(status: number, headers: Headers): number {
    if (this.started) {
      return this.#illegal(Status.Order, 'INFORM after START');
    }
    this.informs.push({ status, headers });
    return Status.Ok;
  }

  start(status: number, reason: string, headers: Headers, length: number): number {
    if (this.started) {
      return this.#illegal(Status.Order, 'START after START');
    }
    const declared = declaredLength(headers) ?? length;
    this.#length = declared;
    this.#setHead({
      status,
      reason,
      headers: headers.filter(([name]) => name.toLowerCase() !== 'content-length'),
      contentLength: declared < 0 ? undefined : declared,
      page: false,
      header(name) {
        return findHeader(this, name);
      },
    });
    return Status.Ok;
  }

  /** Takes bytes of a chunk; answers like `Binding.data`. */
  data(chunk: Uint8Array, whole: boolean): number {
    if (!this.started || this.#bodyless || chunk.byteLength === 0) {
      return this.#illegal(Status.Order, `DATA of ${chunk.byteLength} bytes where none is legal`);
    }
    if (this.#length >= 0 && this.received + chunk.byteLength > this.#length) {
      return this.#illegal(Status.Excess, 'DATA beyond the declared length');
    }
    const room = Math.max(0, this.window - this.outstanding);
    if (whole ? room < chunk.byteLength : room === 0) {
      this.blocked = true;
      return Status.Again;
    }
    const taken = chunk.subarray(0, room);
    this.blocked ||= taken.byteLength < chunk.byteLength;
    this.#take(Uint8Array.from(taken), taken.byteLength);
    return taken.byteLength;
  }

  /** Takes a piece of a file, at once; its cost is one window at most. */
  file(fd: number, offset: number, size: number): number {
    if (!this.started || this.#bodyless || size === 0) {
      return this.#illegal(Status.Order, 'FILE where none is legal');
    }
    if (this.#length >= 0 && this.received + size > this.#length) {
      return this.#illegal(Status.Excess, 'FILE beyond the declared length');
    }
    if (this.outstanding >= this.window) {
      this.blocked = true;
      return Status.Again;
    }
    const bytes = Buffer.alloc(size);
    const read = readSync(fd, bytes, 0, size, offset);
    this.#take(bytes.subarray(0, read), Math.min(size, this.window));
    return Status.Ok;
  }

  end(status: number): number {
    if (this.#head === undefined) {
      if (status === 0) {
        this.#illegal(Status.Order, 'END without START');
      }
      this.#setHead(pageOf(status === 0 ? 500 : status));
    }
    const short = this.#length >= 0 && !this.#bodyless && this.received < this.#length;
    if (status === 0 && short) {
      this.#illegal(Status.Order, 'END before the declared length');
    }
    this.#finish(this.#head?.page === true || (status === 0 && !short));
    return Status.Ok;
  }

  /** The host ended the exchange: the client sees it broken off. */
  cut(): void {
    if (this.#head === undefined) {
      this.#setHead({ ...pageOf(0), page: false });
    }
    this.#finish(false);
  }

  /** Resolves when `reached` holds, or the exchange has ended. */
  when(reached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.add({ reached, resolve });
      this.notify();
    });
  }

  /** Looks again whether somebody's wait is over. */
  notify(): void {
    for (const waiter of this.#waiters) {
      if (this.ended || waiter.reached()) {
        this.#waiters.delete(waiter);
        waiter.resolve();
      }
    }
  }

  #take(bytes: Uint8Array, cost: number): void {
    this.chunks.push(bytes);
    this.received += bytes.byteLength;
    this.outstanding += cost;
    this.notify();
  }

  #setHead(head: MockHead): void {
    this.#head = head;
    this.#resolveHead(head);
  }

  #finish(complete: boolean): void {
    this.ended = true;
    const { body, chunks, informs, log } = this;
    const head = this.#head as MockHead;
    const text = Buffer.from(body).toString();
    this.#resolveResponse({ ...head, body, text, chunks, informs, log, complete });
    this.notify();
  }

  #illegal(status: number, text: string): number {
    this.fault(text);
    return status;
  }
}

/** The server's own page for a status. */
export function pageOf(status: number): MockHead {
  return {
    status,
    reason: 'mock',
    headers: [],
    contentLength: 0,
    page: true,
    header: () => undefined,
  };
}

function findHeader(head: MockHead, name: string): string | undefined {
  const wanted = name.toLowerCase();
  if (wanted === 'content-length') {
    return head.contentLength === undefined ? undefined : String(head.contentLength);
  }
  return head.headers.find(([field]) => field.toLowerCase() === wanted)?.[1];
}
