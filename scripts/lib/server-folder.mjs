/** The temporary folder that holds everything one server writes: configuration, logs, pid, spooled bodies. */
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @param {string} server for the folder's name
 * @param {{ uid: number, gid: number } | null} owner whom the server's workers run as, where that is not us
 */
export function makeServerFolder(server, owner) {
  const folder = mkdtempSync(join(tmpdir(), `tsgi-${server}-`));
  if (owner !== null) {
    chmodSync(folder, 0o755);
    chownSync(folder, owner.uid, owner.gid);
  }
  return folder;
}

/** @param {string} folder */
export function removeServerFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
}
