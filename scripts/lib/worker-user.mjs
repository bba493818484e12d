/**
 * Whom a server that is started by root runs its workers as. An application is best served as the user it belongs to; but
 * when that user may not read what is built here (a checkout below /root, say) only root can.
 */
import { statSync } from 'node:fs';
import { capture } from './command.mjs';
import { dist, nativePaths } from './paths.mjs';

/** @typedef {{ name: string, group: string, uid: number, gid: number }} WorkerUser */

/** @type {WorkerUser} */
const root = { name: 'root', group: 'root', uid: 0, gid: 0 };

/**
 * @param {string} file the application
 * @returns {Promise<WorkerUser | null>} null when we are an ordinary user: the workers then run as we do
 */
export async function workerUserFor(file) {
  if (process.getuid?.() !== 0) {
    return null;
  }
  const owner = await findUser(statSync(file).uid);
  return owner !== null && (await canRead(owner, [file, dist, nativePaths().library])) ? owner : root;
}

/**
 * @param {string | number} key name or uid
 * @returns {Promise<WorkerUser | null>}
 */
export async function findUser(key) {
  const { stdout: passwd } = await capture('getent', ['passwd', String(key)]);
  const [name, , uid, gid] = passwd.trim().split(':');
  const { stdout: groupEntry } = await capture('getent', ['group', String(gid)]);
  const [group] = groupEntry.trim().split(':');
  return name && group ? { name, group, uid: Number(uid), gid: Number(gid) } : null;
}

/**
 * @param {WorkerUser} user
 * @param {readonly string[]} files
 */
export async function canRead(user, files) {
  const script = 'for file; do test -r "$file" || exit 1; done';
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups'];
  const { code } = await capture('setpriv', [...identity, 'sh', '-c', script, 'sh', ...files]);
  return code === 0;
}
