/** Latencies in little memory: buckets whose width grows with the latency, so that each is known to about three percent. */

const STEPS = 32; // of each power of two
const POWERS = 40; // of a microsecond

export class Histogram {
  #counts = new Float64Array(STEPS * POWERS);
  count = 0;
  max = 0;

  /** @param {number} milliseconds */
  add(milliseconds) {
    const microseconds = Math.max(1, milliseconds * 1000);
    const at = Math.min(this.#counts.length - 1, Math.floor(Math.log2(microseconds) * STEPS));
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.count++;
    this.max = Math.max(this.max, milliseconds);
  }

  /**
   * @param {number} share from 0 to 1
   * @returns {number} milliseconds; NaN of nothing
   */
  percentile(share) {
    let left = Math.ceil(this.count * share);
    for (const [at, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0 && this.count > 0) {
        return Math.min(this.max, 2 ** ((at + 0.5) / STEPS) / 1000);
      }
    }
    return NaN;
  }
}
