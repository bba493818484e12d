/** What a process of a server has taken, by /proc. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * @typedef {object} ProcessFacts
 * @property {number} pid
 * @property {number} bytes resident, without pages of mapped files: what the process itself allocated
 * @property {number} descriptors
 * @property {number} wakes how many of those are for being woken: a server keeps one for each request that it once had at
 *   the same time
 * @property {number} threads
 */

/**
 * @param {number} pid
 * @returns {ProcessFacts}
 */
export function factsOf(pid) {
  const links = linksOf(pid);
  const threads = readdirSync(`/proc/${pid}/task`).length;
  const wakes = links.filter((link) => link === 'anon_inode:[eventfd]').length;
  return { pid, bytes: residentBytes(pid), descriptors: links.length, wakes, threads };
}

/**
 * NaN once it has ended.
 * @param {number} pid
 */
export function residentBytes(pid) {
  try {
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return Number(kilobytes ?? NaN) * 1024;
  } catch {
    return NaN;
  }
}

/** @param {number} pid */
function linksOf(pid) {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)];
    } catch {
      return []; // closed between the two looks
    }
  });
}
