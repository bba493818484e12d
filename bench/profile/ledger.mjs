/** Samples, added up by thread and stage, by function, and by system call. */
import { classify, ownStages } from './stages.mjs';

/** @typedef {import('./stages.mjs').Stage} Stage */

/**
 * A function of ours, or of the application. `caused` counts its own samples and those of Node, V8, the C library and the
 * kernel while they worked for it, but not those of another function in this table.
 * @typedef {{ stage: Stage, label: string, own: number, caused: number }} Entry
 */

export class Ledger {
  samples = 0;
  /** @type {Map<string, Map<Stage, number>>} by thread */
  stages = new Map();
  /** @type {Map<string, Entry>} by label */
  functions = new Map();
  /** @type {Map<string, number>} by the name of the system call */
  systemCalls = new Map();

  /** @param {import('./stages.mjs').Sources} sources */
  constructor(sources) {
    this.sources = sources;
  }

  /** @param {import('./perf.mjs').Sample} sample */
  add({ thread, frames }) {
    const places = frames.map((frame) => classify(frame, this.sources));
    const [innermost] = places;
    if (innermost === undefined) {
      return;
    }
    this.samples++;
    const ofThread = this.stages.get(thread) ?? new Map();
    this.stages.set(thread, ofThread);
    increase(ofThread, innermost.stage);

    const cause = places.find(({ stage }) => ownStages.has(stage));
    if (cause !== undefined) {
      const entry = this.functions.get(cause.label) ?? { ...cause, own: 0, caused: 0 };
      this.functions.set(cause.label, entry);
      entry.caused++;
      entry.own += cause === innermost ? 1 : 0;
    }
    if (innermost.stage === 'kernel') {
      increase(this.systemCalls, systemCallOf(frames));
    }
  }
}

/**
 * The first function of the kernel below its common entry bears the call's name, with a prefix that varies.
 * @param {readonly import('./stages.mjs').Frame[]} frames
 */
export function systemCallOf(frames) {
  const entry = frames.findIndex(({ symbol }) => /^(do_syscall_64|x64_sys_call|invoke_syscall)$/.test(symbol));
  if (entry < 0) {
    return 'none: interrupts, page faults';
  }
  const { symbol } = frames[entry - 1] ?? { symbol: 'entry and exit' };
  return symbol.replace(/^(__(x64|arm64|do|se)?_?sys_|ksys_|do_)/, '');
}

/**
 * @template K
 * @param {Map<K, number>} counts
 * @param {K} key
 */
function increase(counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
