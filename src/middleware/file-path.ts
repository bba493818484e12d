import { decodeText, encodeText, type Environ } from '../spec';

/** What a path asks for: names from the root downwards, and whether it ended with a slash, as that of a folder does. */
export interface FilePath {
  readonly names: readonly string[];
  readonly slash: boolean;
}

const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/**
 * The file that a path asks for, or the status that refuses it: 400 for what is no path at all (a broken escape, NUL,
 * bytes that are not UTF-8), 404 for what could lead astray or is hidden. What passes has no name that means anything to
 * a file system but itself: none is empty, `.` or `..`, none holds a slash or a backslash.
 *
 * @param path the decoded path below the root, a byte string, `''` or `/...`.
 */
export function toFilePath(path: string, environ: Environ, dotfiles: boolean): FilePath | 400 | 404 {
  const target = environ.REQUEST_URI.split('?', 1)[0] ?? '';
  const text = decodeText(path);
  if (BROKEN_ESCAPE.test(target) || text.includes('\0') || encodeText(text) !== path) {
    return 400;
  }
  const names = text.split('/').slice(1);
  const slash = names.at(-1) === '';
  if (slash) {
    names.pop();
  }
  return names.every((name) => isPlain(name, dotfiles)) ? { names, slash } : 404;
}

function isPlain(name: string, dotfiles: boolean): boolean {
  const hidden = name.startsWith('.') && (!dotfiles || name === '.' || name === '..');
  return name !== '' && !hidden && !name.includes('\\');
}
