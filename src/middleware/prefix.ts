import { encodeText } from '../spec';

/** A path prefix, given as text, as a byte string: `''` or `/...` without a slash at its end. */
export function toPrefix(text: string): string {
  const prefix = encodeText(text).replace(/\/$/, '');
  if (prefix !== '' && !(prefix.startsWith('/') && !prefix.endsWith('/'))) {
    throw new TypeError(`a prefix must be empty or begin with one slash, not ${JSON.stringify(text)}`);
  }
  return prefix;
}

/** Whether a path begins with the prefix, which ends at a slash or at the end of the path. */
export function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
}
