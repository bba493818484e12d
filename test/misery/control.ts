/** The file by which `misery.c` is steered: see misery.h for its words. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { until } from '../support/until';
import { KINDS, STATES, type Step } from './order';

const WORDS = ['fail', 'failed', 'allocations', 'hold', 'held', 'go', 'messages', 'stall'] as const;
type Word = (typeof WORDS)[number];

/** Tables after the words, with a word for each state and kind; they lie one behind the other. */
const TABLES = ['sentIn', 'heldIn'] as const;
type Table = (typeof TABLES)[number];

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
    writeSync(this.#fd, Buffer.alloc(4 * (WORDS.length + TABLES.length * STATES * KINDS)), 0, undefined, 0);
  }

  get(word: Word): number {
    return this.#read(WORDS.indexOf(word));
  }

  set(word: Word, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    writeSync(this.#fd, bytes, 0, 4, 4 * WORDS.indexOf(word));
  }

  /** How many messages have been sent, or held, that took this step; since nginx was started. */
  count(table: Table, { state, kind }: Step): number {
    return this.#read(WORDS.length + (TABLES.indexOf(table) * STATES + state) * KINDS + kind);
  }

  #read(index: number): number {
    const bytes = Buffer.alloc(4);
    readSync(this.#fd, bytes, 0, 4, 4 * index);
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
