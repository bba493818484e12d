/** Scenes about environ: what is in it, and what kind of object it is. */
import { stage } from './stage.mjs';

/** @type {import('./stage.mjs').Environ | undefined} */
let previous;

/** @param {import('./stage.mjs').StartResponse} startResponse @param {unknown} value */
function json(startResponse, value) {
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  return [JSON.stringify(value)];
}

export const application = stage({
  /** Every string of environ; of everything else its type. */
  dump(environ, startResponse) {
    const shown = Object.entries(environ).map(([name, value]) => [
      name,
      typeof value === 'string' || typeof value === 'boolean' || Array.isArray(value) ? value : { type: typeof value },
    ]);
    return json(startResponse, Object.fromEntries(shown));
  },

  /** Where it is mounted, for a request that has no path of its own. */
  '': ({ SCRIPT_NAME, PATH_INFO }, startResponse) => json(startResponse, { SCRIPT_NAME, PATH_INFO }),

  nature(environ, startResponse) {
    const unlike = Object.keys(environ).filter((name) => {
      const { enumerable, writable, configurable, get } = Object.getOwnPropertyDescriptor(environ, name) ?? {};
      return name.startsWith('tsgi.') ? !enumerable : !(enumerable && writable && configurable && get === undefined);
    });
    const inherited = [];
    for (const name in environ) {
      if (!Object.hasOwn(environ, name)) {
        inherited.push(name);
      }
    }
    return json(startResponse, {
      ordinary: Object.getPrototypeOf(environ) === Object.prototype,
      extensible: Object.isExtensible(environ),
      unlike,
      inherited,
      hidden: Object.getOwnPropertyNames(environ).length - Object.keys(environ).length,
      symbols: Object.getOwnPropertySymbols(environ).length,
    });
  },

  change(environ, startResponse) {
    const before = environ['test.mark'] ?? null;
    environ['test.mark'] = 'changed';
    environ.REMOTE_USER = 'somebody';
    environ.PATH_INFO = '/elsewhere';
    delete environ['HTTP_X_GONE'];
    Object.defineProperty(environ, 'tsgi.errors', { value: null });
    delete environ['tsgi.signal'];
    const same = previous === environ;
    previous = environ;
    return json(startResponse, {
      before,
      same,
      after: [environ['test.mark'], environ.REMOTE_USER, environ.PATH_INFO, environ['HTTP_X_GONE'] ?? null],
      left: ['HTTP_X_GONE', 'tsgi.signal'].filter((name) => name in environ),
    });
  },

  async copy(environ, startResponse) {
    const copy = { ...environ };
    const assigned = Object.assign({}, environ);
    const keys = Object.keys(environ);
    const body = Buffer.from(await copy['tsgi.input'].read()).toString();
    return json(startResponse, {
      keys: JSON.stringify(Object.keys(copy)) === JSON.stringify(keys),
      shared: keys.filter((name) => copy[name] !== environ[name] || assigned[name] !== environ[name]),
      body,
    });
  },

  memo(environ, startResponse) {
    return json(
      startResponse,
      Object.keys(environ).filter((name) => environ[name] !== environ[name]),
    );
  },

  async helpers(environ, startResponse) {
    const { decodePath, requestUrl, requestTarget } = await import('tsgi');
    return json(startResponse, {
      path: decodePath(environ),
      url: requestUrl(/** @type {any} */ (environ)),
      target: requestTarget(/** @type {any} */ (environ)),
    });
  },

  types(environ, startResponse) {
    const input = environ['tsgi.input'];
    const errors = environ['tsgi.errors'];
    return json(startResponse, {
      version: environ['tsgi.version'],
      scheme: environ['tsgi.url_scheme'],
      multithread: environ['tsgi.multithread'],
      multiprocess: environ['tsgi.multiprocess'],
      runOnce: environ['tsgi.run_once'],
      input: ['read', 'readLine', 'readLines', 'lines', 'stream'].every(
        (name) => typeof (/** @type {any} */ (input)[name]) === 'function',
      ),
      iterable: typeof input[Symbol.asyncIterator] === 'function',
      errors: ['write', 'writeLines', 'flush'].every(
        (name) => typeof (/** @type {any} */ (errors)[name]) === 'function',
      ),
    });
  },
});
