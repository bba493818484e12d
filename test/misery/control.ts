/** The file by which `misery.c` is steered: see misery.h for its words. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { until } from '../support/until';

const WORDS = ['fail', 'failed', 'allocations', 'hold', 'held', 'go', 'messages'] as const;
type Word = (typeof WORDS)[number];

export class Control {
  readonly #fd: number;

  constructor(path = process.env['TSGI_MISERY_CONTROL']) {
    if (path === undefined) {
      throw new Error('TSGI_MISERY_CONTROL is missing: `npm run test:misery` runs these tests');
    }
    this.#fd = openSync(path, 'r+');
    WORDS.forEach((word) => this.set(word, 0));
  }

  get(word: Word): number {
    const bytes = Buffer.alloc(4);
    readSync(this.#fd, bytes, 0, 4, 4 * WORDS.indexOf(word));
    return bytes.readUInt32LE();
  }

  set(word: Word, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    writeSync(this.#fd, bytes, 0, 4, 4 * WORDS.indexOf(word));
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
