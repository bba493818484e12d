/** What a row of the table says. */
import type { Stand, Target } from './stand';

interface Row {
  /** What goes wrong. */
  fault: string;
  /** What must be seen, by clients, in the log, in the server. */
  seen: string;
}

export interface Driven extends Row {
  on: readonly Target[];
  drive: (stand: Stand) => Promise<void>;
  /** It is cheap, and so a part of `npm test`. */
  quick?: true;
  /** Milliseconds, where half a minute is not enough. */
  within?: number;
}

export interface Elsewhere extends Row {
  on: readonly (Target | 'fake host' | 'core')[];
  /** The files that drive it. */
  in: readonly string[];
}

export type Fault = Driven | Elsewhere;

export const both: readonly Target[] = ['nginx', 'apache'];

export const isDriven = (fault: Fault): fault is Driven => 'drive' in fault;
