/** The file by which `misery.c` is steered: see misery.h for its words. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { until } from '../support/until';

const WORDS = [
  ...(['fail', 'failed', 'allocations', 'hold', 'held', 'go', 'messages', 'stall'] as const),
  ...(['threads', 'unmade', 'disk', 'unwritten', 'clock'] as const),
];
type Word = (typeof WORDS)[number];

/** Where the words end, in bytes. */
export const WORDS_END = 4 * WORDS.length;

/** More than misery.h has words and tables for. */
export const CONTROL_SIZE = 4096;

export class Control {
  readonly #fd: number;

  constructor(path = process.env['TSGI_MISERY_CONTROL']) {
    if (path === undefined) {
      throw new Error('TSGI_MISERY_CONTROL is missing: `npm run test:misery` runs these tests');
    }
    this.#fd = openSync(path, 'r+');
  }

  /** Nothing happens any more, and nothing has. */
  clear(): void {
    writeSync(this.#fd, Buffer.alloc(fstatSync(this.#fd).size), 0, undefined, 0);
  }

  get(word: Word): number {
    return this.read(4 * WORDS.indexOf(word));
  }

  /** A negative value is what the word has as an int32_t. */
  set(word: Word, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value | 0);
    writeSync(this.#fd, bytes, 0, 4, 4 * WORDS.indexOf(word));
  }

  protected read(offset: number): number {
    const bytes = Buffer.alloc(4);
    readSync(this.#fd, bytes, 0, 4, offset);
    return bytes.readUInt32LE();
  }

  /** The thread that is held goes on. */
  async release(): Promise<void> {
    this.set('go', 1);
    await until('the held thread goes on', () => this.get('held') === 0);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
