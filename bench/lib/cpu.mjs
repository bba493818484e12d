/** CPU time of processes, as /proc counts it: every thread, those that have ended too. */
import { readFileSync, readdirSync } from 'node:fs';

/** USER_HZ, in which /proc counts: the same on every architecture that Node runs on, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

/** @typedef {{ user: number, system: number }} CpuTime in seconds */

/**
 * A line of /proc/PID/stat. The time of children that have ended counts as their parent's, so that a process that ends
 * between two looks is not forgotten.
 * @param {string} line
 * @returns {CpuTime}
 */
export function parseStat(line) {
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [user = NaN, system = NaN, childUser = NaN, childSystem = NaN] = fields.slice(11, 15).map(Number);
  return { user: (user + childUser) / TICKS_PER_SECOND, system: (system + childSystem) / TICKS_PER_SECOND };
}

/**
 * A process and everything below it.
 * @param {number} pid
 * @returns {number[]}
 */
export function processTree(pid) {
  const children = threadsOf(pid).flatMap((thread) => {
    const text = readOrNothing(`/proc/${pid}/task/${thread}/children`);
    return text.split(' ').filter(Boolean).map(Number);
  });
  return [pid, ...children.flatMap(processTree)];
}

/**
 * @param {readonly number[]} pids
 * @returns {CpuTime} what they have used so far
 */
export function cpuTime(pids) {
  const total = { user: 0, system: 0 };
  for (const pid of pids) {
    const line = readOrNothing(`/proc/${pid}/stat`);
    if (line !== '') {
      const { user, system } = parseStat(line);
      total.user += user;
      total.system += system;
    }
  }
  return total;
}

/** @param {number} pid */
function threadsOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it has ended
  }
}

/** @param {string} path */
function readOrNothing(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // the process has ended
  }
}
