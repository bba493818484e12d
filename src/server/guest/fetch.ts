import { splitCookies } from '../../spec/headers';

/** What may be touched first of Fetch, which Node loads when something of it is. */
const NAMES = ['Headers', 'Request', 'Response', 'fetch'];

/**
 * The Fetch of Debian's Node 18 is older than that Node's own, which has `Headers.prototype.getSetCookie` since 18.14.1;
 * frameworks count on that. Where it is missing it is added as soon as an application touches Fetch, and no sooner: to load it takes
 * a tenth of a second and 5 MB.
 */
export function installFetch(): void {
  const originals = new Map<string, PropertyDescriptor>();
  const restore = (name: string, descriptor: PropertyDescriptor): void => {
    originals.delete(name);
    Object.defineProperty(globalThis, name, descriptor);
  };
  for (const name of NAMES) {
    const original = Object.getOwnPropertyDescriptor(globalThis, name);
    if (original === undefined) {
      continue;
    }
    originals.set(name, original);
    Object.defineProperty(globalThis, name, {
      configurable: true,
      enumerable: original.enumerable ?? false,
      get: (): unknown => {
        for (const [one, descriptor] of originals) {
          restore(one, descriptor);
        }
        complete();
        return (globalThis as unknown as Record<string, unknown>)[name];
      },
      set: (value: unknown) => {
        restore(name, { value, configurable: true, enumerable: original.enumerable ?? false, writable: true });
      },
    });
  }
}

function complete(): void {
  const { prototype } = globalThis.Headers as unknown as { prototype: object };
  if ('getSetCookie' in prototype) {
    return;
  }
  const getSetCookie = function (this: Headers): string[] {
    return splitCookies(this.get('set-cookie'));
  };
  Object.defineProperty(prototype, 'getSetCookie', {
    value: getSetCookie,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
