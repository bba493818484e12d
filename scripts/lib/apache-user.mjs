/**
 * Whom an Apache of ours runs as when we are root. httpd refuses to serve as root, so where only root may read what it
 * serves (a checkout below /root, say) it starts as an ordinary user who is lent that one right of root's: to read files.
 */
import { UserMistake } from './failure.mjs';
import { canRead, findUser, workerUserFor } from './worker-user.mjs';
import { dist, nativePaths } from './paths.mjs';

/** Debian's for web servers, and for whoever has no files. */
const ORDINARY = ['www-data', 'nobody'];

/**
 * @typedef {object} ApacheUser
 * @property {import('./worker-user.mjs').WorkerUser | null} user whose the server's folder has to be; null: ours
 * @property {string} directives `User` and `Group`, or nothing
 * @property {string[]} prefix of the command line
 */

/**
 * @param {string} file the application
 * @returns {Promise<ApacheUser>}
 */
export async function apacheUserFor(file) {
  const owner = await workerUserFor(file);
  if (owner === null) {
    return { user: null, directives: '', prefix: [] };
  }
  if (owner.uid !== 0) {
    return { user: owner, directives: directivesFor(owner), prefix: [] };
  }
  const ordinary = await findOrdinary();
  if (await canRead(ordinary, [file, dist, nativePaths().library])) {
    return { user: ordinary, directives: directivesFor(ordinary), prefix: [] };
  }
  const identity = [`--reuid=${ordinary.uid}`, `--regid=${ordinary.gid}`, '--init-groups'];
  // With its bit access() knows of the right too, by which Node asks when it looks for a package.
  const right = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup'];
  return { user: ordinary, directives: '', prefix: ['setpriv', ...identity, ...right] };
}

/** @param {import('./worker-user.mjs').WorkerUser} user */
function directivesFor({ name, group }) {
  return `User ${name}\nGroup ${group}`;
}

async function findOrdinary() {
  for (const name of ORDINARY) {
    const user = await findUser(name);
    if (user !== null) {
      return user;
    }
  }
  throw new UserMistake(`Apache does not serve as root, and this system has none of the users ${ORDINARY.join(', ')}.`);
}
