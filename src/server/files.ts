/**
 * The files that the modules of an isolate come from, told to the host as they are read: what changes from then on is
 * news. Also used on the hooks thread.
 */
import { statSync } from 'node:fs';

/**
 * A module is about to be read from this file, or was looked for there. `stamp` says what the file was at that moment,
 * where that is not now.
 */
export type WatchFile = (path: string, stamp?: string) => void;

/** What a file is at this moment, as native/runtime/stamp.cc says it; empty: it is not there. */
export function stampOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, mode, uid, gid } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, mode.toString(8), uid, gid].join('.');
  } catch {
    return '';
  }
}
