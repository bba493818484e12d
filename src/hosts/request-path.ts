/** From a request target to the path that an application is called for. */

const ESCAPE = /%([0-9A-Fa-f]{2})/g;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/** Decodes percent-escapes to bytes. */
export function percentDecode(path: string): string {
  return path.replace(ESCAPE, (_escape, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

/** Path and query of a target, which may be in absolute form (RFC 9112, section 3.2); both as they were sent. */
export function splitTarget(target: string): { path: string; query: string } {
  const authority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/.exec(target)?.[0] ?? '';
  const rest = target.slice(authority.length);
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : rest.slice(mark + 1).replace(/#.*/, '') };
}

/**
 * The effective path: decoded, with its dot segments resolved. Undefined: no server should serve it (a broken escape, a
 * NUL, a path that leaves the root), the answer is 400.
 */
export function effectivePath(path: string): string | undefined {
  if (BAD_ESCAPE.test(path)) {
    return undefined;
  }
  const decoded = percentDecode(path);
  if (decoded === '*') {
    return decoded;
  }
  if (!decoded.startsWith('/') || decoded.includes('\0')) {
    return undefined;
  }
  return decoded.includes('/.') ? resolveDots(decoded) : decoded;
}

/** The path below a mount, `''` for the mount itself; undefined: it lies outside. A mount ends at a slash. */
export function belowMount(path: string, mount: string): string | undefined {
  if (!path.startsWith(mount) || (path.length > mount.length && mount !== '' && path[mount.length] !== '/')) {
    return undefined;
  }
  return path.slice(mount.length);
}

function resolveDots(path: string): string | undefined {
  const segments: string[] = [];
  const parts = path.split('/').slice(1);
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === '..' && segments.pop() === undefined) {
      return undefined;
    }
    if (part !== '.' && part !== '..') {
      segments.push(part);
    } else if (last) {
      segments.push('');
    }
  }
  return `/${segments.join('/')}`;
}
