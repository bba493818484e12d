/** Waiting for something to become true: by looking again and again, never by guessing how long it takes. */
import { setTimeout as pause } from 'node:timers/promises';

const INTERVAL_MS = 10;

export class ProbeTimeout extends Error {}

/**
 * Looks until `condition` answers with something other than undefined, null or false.
 * @template T
 * @param {() => T | Promise<T>} condition
 * @param {{ what: string, seconds: number }} limits
 * @returns {Promise<Exclude<Awaited<T>, undefined | null | false>>}
 */
export async function until(condition, { what, seconds }) {
  const deadline = process.hrtime.bigint() + BigInt(seconds * 1e9);
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== null && answer !== false) {
      return /** @type {Exclude<Awaited<T>, undefined | null | false>} */ (answer);
    }
    if (process.hrtime.bigint() > deadline) {
      throw new ProbeTimeout(`${what}: not within ${seconds} s`);
    }
    await pause(INTERVAL_MS);
  }
}
