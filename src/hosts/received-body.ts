import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Callbacks, Handle } from '../server/binding';

/** What the body of a request is given to. */
export interface BodyReceiver {
  readonly handle: Handle;
  /** Runs a callback, unless the exchange has ended. */
  tell(run: (callbacks: Callbacks) => void): void;
}

/**
 * The body of one request of node:http on its way to the runtime: read only as far as it is wanted.
 *
 * Made and owned by its exchange; over when the body is, or the exchange.
 */
export class ReceivedBody {
  /** Bytes that the runtime takes now. */
  #wanted = 0;
  #opened = false;
  #received = 0;
  /** What came beyond what is wanted. */
  #held: Uint8Array | undefined;
  #ended = false;

  constructor(
    private readonly req: IncomingMessage,
    private readonly res: ServerResponse,
    private readonly receiver: BodyReceiver,
    private readonly limit: number,
  ) {}

  want(size: number): void {
    this.#wanted += size;
    if (!this.#opened) {
      this.#open();
      return;
    }
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) {
      // Not from within the call of the runtime that wants it.
      setImmediate(() => {
        this.#deliver(held);
        this.#flow();
      });
    } else {
      this.#flow();
    }
  }

  /** The exchange is over: Node dumps what is left of the body. */
  leave(): void {
    this.#ended = true;
    this.#held = undefined;
  }

  #open(): void {
    this.#opened = true;
    const { req, res } = this;
    // A server with a listener for 'checkContinue' leaves it to this one to ask for the body.
    if (req.headers.expect !== undefined && (res as unknown as { _sent100: boolean })._sent100 === false) {
      if (!res.headersSent && (res as unknown as { _expect_continue?: boolean })._expect_continue === true) {
        res.writeContinue();
      }
    }
    req.on('data', (chunk: Buffer) => {
      this.#deliver(chunk);
    });
    req.on('end', () => {
      this.#over(0);
    });
    req.on('error', () => undefined); // the response's 'close' tells that the client has gone
  }

  #deliver(chunk: Uint8Array): void {
    if (this.#ended) {
      return;
    }
    const size = Math.min(chunk.byteLength, this.#wanted, this.limit - this.#received);
    if (size > 0) {
      this.#wanted -= size;
      this.#received += size;
      this.receiver.tell((callbacks) => {
        callbacks.body(this.receiver.handle, Uint8Array.prototype.slice.call(chunk, 0, size));
      });
    }
    if (size === chunk.byteLength) {
      if (this.#wanted === 0) {
        this.req.pause();
      }
    } else if (this.#received >= this.limit) {
      this.#over(413);
    } else {
      this.req.pause();
      this.#held = chunk.subarray(size);
    }
  }

  #flow(): void {
    if (this.#held === undefined && this.#wanted > 0 && !this.#ended) {
      this.req.resume();
    }
  }

  #over(status: number): void {
    if (this.#held !== undefined || this.#ended) {
      return;
    }
    this.#ended = true;
    this.receiver.tell((callbacks) => {
      callbacks.bodyEnd(this.receiver.handle, status);
    });
  }
}
