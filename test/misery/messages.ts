/** Counts of messages, which `messages.c` keeps behind the words of the control. */
import { Control, WORDS_END } from './control';
import { KINDS, STATES, type Step } from './order';

/** With a word for each state and kind; they lie one behind the other. */
const TABLES = ['sentIn', 'heldIn'] as const;
type Table = (typeof TABLES)[number];

export class MessageControl extends Control {
  /** How many messages have been sent, or held, that took this step; since the server was started. */
  count(table: Table, { state, kind }: Step): number {
    return this.read(WORDS_END + 4 * ((TABLES.indexOf(table) * STATES + state) * KINDS + kind));
  }
}
