/** So many clients of a server, each with a connection of its own that it keeps, asking for things of a mix in random order. */
import { setTimeout as pause } from 'node:timers/promises';
import { LoadConnection } from './connection.mjs';
import { Histogram } from './histogram.mjs';

/**
 * @typedef {import('./connection.mjs').Asked & { name: string, weight: number }} Kind
 *
 * @typedef {object} Job
 * @property {number} port
 * @property {number} connections
 * @property {number} requests after which it is done; less than one: when it is told to stop
 * @property {readonly Kind[]} kinds
 * @property {number} seed
 * @property {boolean} [restarting] the server may close a connection between two requests; the request is sent again
 * @property {number} [everyMs] each client begins a request so often, not at once when it was answered
 */

/** @typedef {{ requests: number, failures: number, retried: number, p50: number, p90: number, p99: number, max: number }} KindReport */

/** @typedef {{ kind: string, problem: string, count: number, at: string }} Failure `at`: when the first was seen */

/** @typedef {{ seconds: number, requests: number, kinds: Record<string, KindReport>, failures: Failure[] }} Report */

const ANSWER_WITHIN = 30_000; // milliseconds

/** Above those no more are told apart. */
const MOST_FAILURES = 100;

export class Clients {
  /** @param {Job} job */
  constructor(job) {
    this.job = job;
    this.done = 0;
    this.stopped = false;
    this.#random = seeded(job.seed);
    this.#tallies = new Map(
      job.kinds.map(({ name }) => [name, { histogram: new Histogram(), requests: 0, failures: 0, retried: 0 }]),
    );
    this.#total = job.kinds.reduce((sum, { weight }) => sum + weight, 0);
  }

  #random;
  #tallies;
  #total;
  /** @type {Map<string, Failure>} */
  #failures = new Map();
  /** @type {Set<LoadConnection>} */
  #connections = new Set();

  /** @returns {Promise<Report>} */
  async run() {
    const began = performance.now();
    const watch = setInterval(() => this.#giveUpOld(), 1000);
    await Promise.all(Array.from({ length: this.job.connections }, (_, index) => this.#client(index)));
    clearInterval(watch);
    return {
      seconds: (performance.now() - began) / 1000,
      requests: this.done,
      kinds: Object.fromEntries([...this.#tallies].map(([name, tally]) => [name, reportOf(tally)])),
      failures: [...this.#failures.values()],
    };
  }

  /** @param {number} index */
  async #client(index) {
    const { everyMs = 0, connections } = this.job;
    /** @type {LoadConnection | undefined} */
    let connection;
    let next = performance.now() + (everyMs * index) / connections;
    while (!this.stopped && (this.job.requests < 1 || this.done < this.job.requests)) {
      if (everyMs > 0) {
        await pause(Math.max(0, next - performance.now()));
        next = Math.max(next + everyMs, performance.now());
      }
      this.done++;
      connection = await this.#exchange(connection, this.#choose());
    }
    connection?.close();
    this.#forget(connection);
  }

  /**
   * @param {LoadConnection | undefined} kept
   * @param {Kind} kind
   * @returns {Promise<LoadConnection | undefined>} the connection for the next
   */
  async #exchange(kept, kind) {
    const tally = /** @type {Tally} */ (this.#tallies.get(kind.name));
    let connection = this.#connected(kept);
    const began = performance.now();
    let outcome = await connection.ask(kind);
    if (outcome.stale === true && this.job.restarting === true) {
      tally.retried++;
      connection = this.#connected(connection);
      outcome = await connection.ask(kind);
    }
    tally.requests++;
    if (outcome.problem !== undefined) {
      tally.failures++;
      this.#note(kind.name, outcome.problem);
      connection.close();
    } else if (kind.leaveAfter === undefined) {
      tally.histogram.add(performance.now() - began);
      return connection;
    } else if (this.#random() < 0.5) {
      connection.reset();
    }
    connection.close();
    this.#forget(connection);
    return undefined;
  }

  /** @param {LoadConnection | undefined} kept */
  #connected(kept) {
    if (kept?.usable === true) {
      return kept;
    }
    this.#forget(kept);
    const connection = new LoadConnection(this.job.port);
    this.#connections.add(connection);
    return connection;
  }

  /** @param {LoadConnection | undefined} connection */
  #forget(connection) {
    if (connection !== undefined) {
      this.#connections.delete(connection);
    }
  }

  #choose() {
    let left = this.#random() * this.#total;
    const kind = this.job.kinds.find(({ weight }) => (left -= weight) < 0) ?? this.job.kinds[0];
    return /** @type {Kind} */ (kind);
  }

  #giveUpOld() {
    const oldest = performance.now() - ANSWER_WITHIN;
    for (const connection of this.#connections) {
      if (connection.since > 0 && connection.since < oldest) {
        connection.giveUp(`no answer within ${ANSWER_WITHIN / 1000} s`);
      }
    }
  }

  /**
   * @param {string} kind
   * @param {string} problem
   */
  #note(kind, problem) {
    const key = `${kind} ${problem}`;
    const known = this.#failures.get(key);
    if (known !== undefined) {
      known.count++;
    } else if (this.#failures.size < MOST_FAILURES) {
      this.#failures.set(key, { kind, problem, count: 1, at: new Date().toISOString() });
    }
  }
}

/** @typedef {{ histogram: Histogram, requests: number, failures: number, retried: number }} Tally */

/**
 * @param {Tally} tally
 * @returns {KindReport}
 */
function reportOf({ histogram, requests, failures, retried }) {
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => histogram.percentile(share));
  return { requests, failures, retried, p50: p50 ?? NaN, p90: p90 ?? NaN, p99: p99 ?? NaN, max: histogram.max };
}

/**
 * Numbers that look random and are the same for the same seed (mulberry32), at least 0 and below 1.
 * @param {number} seed
 */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
