/** From a request target to the path that an application is called for. */

const ESCAPE = /%([0-9A-Fa-f]{2})/g;

/** Decodes percent-escapes to bytes; what is no escape stays as it is. */
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

/** The path below a mount, `''` for the mount itself; undefined: it lies outside. A mount ends at a slash. */
export function belowMount(path: string, mount: string): string | undefined {
  if (!path.startsWith(mount) || (path.length > mount.length && mount !== '' && path[mount.length] !== '/')) {
    return undefined;
  }
  return path.slice(mount.length);
}
