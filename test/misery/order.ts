/** The order table, as `print_order.c` prints it: the one of native/core/order.c. */
import { readFileSync } from 'node:fs';

interface Printed {
  states: string[];
  kinds: string[];
  /** For each state, the state that each kind leads to; -1: illegal. */
  next: number[][];
}

/** What may be sent in some state. */
export interface Step {
  state: number;
  kind: number;
  next: number;
  /** `STARTED: DATA`, for example. */
  name: string;
}

const path = process.env['TSGI_MISERY_ORDER'];
if (path === undefined) {
  throw new Error('TSGI_MISERY_ORDER is missing: `npm run test:misery` runs these tests');
}
const printed = JSON.parse(readFileSync(path, 'utf8')) as Printed;

/** How many there are. */
export const STATES = printed.states.length;
export const KINDS = printed.kinds.length;

/** Every step of the table. */
export const steps: readonly Step[] = printed.next.flatMap((row, state) =>
  row.flatMap((next, kind) =>
    next < 0
      ? []
      : [{ state, kind, next, name: `${(printed.states[state] ?? '').toUpperCase()}: ${printed.kinds[kind]}` }],
  ),
);

export function stateNamed(name: string): number {
  return indexIn(printed.states, name);
}

export function kindNamed(name: string): number {
  return indexIn(printed.kinds, name);
}

/** Undefined: the table does not allow it. */
export function stepFrom(state: number, kind: number): Step | undefined {
  return steps.find((step) => step.state === state && step.kind === kind);
}

function indexIn(names: readonly string[], name: string): number {
  const index = names.indexOf(name);
  if (index < 0) {
    throw new Error(`the order table knows no ${name}`);
  }
  return index;
}
