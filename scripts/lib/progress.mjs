/** One line when a step starts, one when it ends, with the seconds it took. All on stderr: stdout belongs to results. */

const begun = process.hrtime.bigint();

/** @param {bigint} since */
const secondsSince = (since) => Number(process.hrtime.bigint() - since) / 1e9;

/** @param {string} text */
export function say(text) {
  process.stderr.write(`[${secondsSince(begun).toFixed(1).padStart(6)} s] ${text}\n`);
}

/** Seconds since this command began. */
export const elapsed = () => secondsSince(begun);

/**
 * @template T
 * @param {string} title
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = process.hrtime.bigint();
  say(`${title} ...`);
  try {
    const result = await work();
    say(`${title}: done in ${secondsSince(start).toFixed(1)} s`);
    return result;
  } catch (error) {
    say(`${title}: FAILED after ${secondsSince(start).toFixed(1)} s`);
    throw error;
  }
}
