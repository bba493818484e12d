import type { HostedExchange } from '../hosts/host-binding';
import { AbortReason, Status, type Handle } from '../server/binding';
import type { Headers } from '../spec';
import type { MockBinding } from './mock-binding';
import { MockClient } from './mock-client';
import type { PackedRequest } from './mock-environ';
import type { MockAbort, MockBody, MockExchange, MockHead, MockInform, MockRequest, MockResponse } from './types';

const ABORTS: Record<MockAbort, number> = {
  client: AbortReason.Client,
  timeout: AbortReason.Timeout,
  stop: AbortReason.Stop,
};

/** The host's half of one exchange: sends the request, takes the response, keeps the books on both windows. */
export class HostExchange implements MockExchange, HostedExchange {
  readonly client: MockClient;
  /** Bytes of request body that the runtime takes now. */
  wanted: number;
  #manual: boolean;
  #crediting = false;
  #bodyEnded = false;

  constructor(
    private readonly binding: MockBinding,
    readonly handle: Handle,
    readonly number: number,
    readonly app: { id: number; name: string },
    readonly packed: PackedRequest,
    request: MockRequest & { bodyOpen?: boolean },
    streamed: boolean,
  ) {
    const { window } = binding;
    this.client = new MockClient(window, request.method === 'HEAD', (text) => {
      binding.faults.push(`exchange ${number}: ${text}`);
    });
    this.#manual = request.credit === 'manual';
    this.wanted = streamed ? 0 : window;
  }

  /** Begins to send the request body; called once, when BEGIN was posted. */
  feed(request: MockRequest & { bodyOpen?: boolean }): void {
    if (request.noBody !== true && request.bodyOpen !== true) {
      void this.#feed(request.body ?? [], request.bodyEnd ?? 0);
    }
  }

  get head(): Promise<MockHead> {
    return this.client.head;
  }

  get response(): Promise<MockResponse> {
    return this.client.response;
  }

  get ended(): boolean {
    return this.client.ended;
  }

  get received(): number {
    return this.client.received;
  }

  get body(): Uint8Array {
    return this.client.body;
  }

  get informs(): readonly MockInform[] {
    return this.client.informs;
  }

  get outstanding(): number {
    return this.client.outstanding;
  }

  receivedAtLeast(bytes: number): Promise<void> {
    return this.client.when(() => this.client.received >= bytes);
  }

  wantedAtLeast(bytes: number): Promise<void> {
    return this.client.when(() => this.wanted >= bytes);
  }

  credit(bytes = this.client.outstanding): void {
    this.client.outstanding = Math.max(0, this.client.outstanding - bytes);
    if (this.client.blocked && this.client.outstanding < this.binding.window) {
      this.client.blocked = false;
      this.binding.post(this, (callbacks) => {
        callbacks.credit(this.handle);
      });
    }
  }

  pause(): void {
    this.#manual = true;
  }

  resume(): void {
    this.#manual = false;
    this.credit();
  }

  send(chunk: Uint8Array | string): void {
    const bytes = Buffer.from(chunk as string);
    if (bytes.byteLength > this.wanted) {
      throw new RangeError(`${bytes.byteLength} bytes of body, but only ${this.wanted} are wanted`);
    }
    if (bytes.byteLength > 0 && !this.ended) {
      this.wanted -= bytes.byteLength;
      this.binding.post(this, (callbacks) => {
        callbacks.body(this.handle, bytes);
      });
    }
  }

  sendEnd(status = 0): void {
    if (!this.#bodyEnded && !this.ended) {
      this.#bodyEnded = true;
      this.binding.post(this, (callbacks) => {
        callbacks.bodyEnd(this.handle, status);
      });
    }
  }

  abort(reason: MockAbort = 'client'): void {
    if (!this.ended) {
      this.binding.drop(this);
      this.client.cut();
      this.binding.postLate((callbacks) => {
        callbacks.abort(this.handle, ABORTS[reason]);
      });
    }
  }

  // ---- what the runtime calls ----

  get rawHeaders(): string[] {
    return this.packed.rawHeaders;
  }

  start(status: number, reason: string, headers: Headers, length: number): number {
    return this.client.start(status, reason, headers, length);
  }

  data(chunk: Uint8Array, whole: boolean): number {
    const taken = this.client.data(chunk, whole);
    this.#sent();
    return taken;
  }

  file(fd: number, offset: number, size: number): number {
    const status = this.client.file(fd, offset, size);
    this.#sent();
    return status;
  }

  inform(status: number, headers: Headers): number {
    return this.client.inform(status, headers);
  }

  want(size: number): number {
    this.wanted += size;
    this.client.notify();
    return Status.Ok;
  }

  end(status: number): number {
    return this.client.end(status);
  }

  /** Something was sent: a client that reads gives the credit back on the next turn of the loop. */
  #sent(): void {
    if (!this.#manual && !this.#crediting) {
      this.#crediting = true;
      setImmediate(() => {
        this.#crediting = false;
        if (!this.#manual && !this.ended) {
          this.credit();
        }
      });
    }
  }

  /** Sends a whole body, as fast as the window lets it. */
  async #feed(body: MockBody, status: number): Promise<void> {
    const pieces = typeof body === 'string' || body instanceof Uint8Array ? [body] : body;
    if (Symbol.iterator in pieces) {
      for (const piece of pieces) {
        await this.#sendAll(Buffer.from(piece as string));
      }
    } else {
      for await (const piece of pieces) {
        await this.#sendAll(Buffer.from(piece as string));
      }
    }
    this.sendEnd(status);
  }

  async #sendAll(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.byteLength > 0 && !this.ended) {
      await this.wantedAtLeast(1);
      const size = Math.min(rest.byteLength, this.wanted);
      this.send(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
  }
}
