import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** A regular file that is open: what is told of it and what is sent are the same file, whatever happens to its name. */
export interface OpenFile {
  readonly kind: 'file';
  /** Closed by whoever got it. */
  readonly handle: FileHandle;
  readonly size: number;
  /** When it was changed, in nanoseconds since 1970. */
  readonly modified: bigint;
}

export interface Folder {
  readonly kind: 'folder';
}

/** A folder of files, and how far symbolic links may lead. */
export interface Root {
  readonly path: string;
  /** Links may lead out of the folder. */
  readonly leave: boolean;
}

/** Does not wait for the writer of a pipe, does not become the terminal's, does not follow what was put there just now. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_NOFOLLOW;

/** What opening says of a path at which nothing is that could be sent. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ENXIO', 'EACCES', 'EPERM']);
const REFUSED = new Set(['EACCES', 'EPERM']);

/**
 * Opens what has these names below the root; undefined when nothing is there that could be sent: no file, a device, one
 * that a link puts outside, one that may not be read (which `complain` hears of).
 */
export async function openBelow(
  root: Root,
  names: readonly string[],
  complain: (text: string) => void,
): Promise<OpenFile | Folder | undefined> {
  const path = join(root.path, ...names);
  try {
    const real = await realpath(path);
    if (!root.leave && !isWithin(real, await realpath(root.path))) {
      return undefined;
    }
    return await describe(await open(real, FLAGS));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!ABSENT.has(code)) {
      throw error;
    }
    if (REFUSED.has(code)) {
      complain(`${path} may not be read (${code})`);
    }
    return undefined;
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function describe(handle: FileHandle): Promise<OpenFile | Folder | undefined> {
  let kept = false;
  try {
    const stat = await handle.stat({ bigint: true });
    kept = stat.isFile();
    if (kept) {
      return { kind: 'file', handle, size: Number(stat.size), modified: stat.mtimeNs };
    }
    return stat.isDirectory() ? { kind: 'folder' } : undefined;
  } finally {
    if (!kept) {
      await handle.close();
    }
  }
}
