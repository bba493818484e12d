import type { TsgiError } from '../spec';

interface Settle {
  resolve(): void;
  reject(error: TsgiError): void;
}

interface Entry {
  readonly bytes: Uint8Array;
  /** What of it was taken already. */
  offset: number;
  /** Of the promise that `write` has returned; undefined for a chunk of the body. */
  readonly settle: Settle | undefined;
}

/**
 * Chunks that the application has handed over and the credit window had no room for, in order. Made when the first
 * must wait; dropped with its exchange.
 */
export class Backlog {
  /** Bytes that wait. */
  bytes = 0;
  #entries: Entry[] = [];
  #next = 0;

  add(bytes: Uint8Array, settle: Settle | undefined): void {
    this.#entries.push({ bytes, offset: 0, settle });
    this.bytes += bytes.byteLength;
  }

  /** The entry that is due. */
  first(): Entry | undefined {
    return this.#entries[this.#next];
  }

  /** Notes that `size` more bytes of the first entry were taken. True: that was all of it. */
  take(entry: Entry, size: number): boolean {
    entry.offset += size;
    this.bytes -= size;
    if (entry.offset < entry.bytes.byteLength) {
      return false;
    }
    this.#next++;
    if (this.#next === this.#entries.length) {
      this.#entries = [];
      this.#next = 0;
    } else if (this.#next === 1024) {
      this.#entries.splice(0, this.#next);
      this.#next = 0;
    }
    entry.settle?.resolve();
    return true;
  }

  /** Rejects what waits. */
  drop(error: () => TsgiError): void {
    const entries = this.#entries.slice(this.#next);
    this.#entries = [];
    this.#next = 0;
    this.bytes = 0;
    const waiting = entries.filter((entry) => entry.settle !== undefined);
    const reason = waiting.length > 0 ? error() : undefined;
    for (const entry of waiting) {
      entry.settle?.reject(reason as TsgiError);
    }
  }
}
