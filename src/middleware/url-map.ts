import { toApplication, type Application } from '../spec';
import type { Inner } from './middleware';
import { answerPlainly } from './plain-answer';
import { isBelow, toPrefix } from './prefix';

interface Mount {
  /** A byte string: `''` or `/...` without a slash at its end. */
  readonly prefix: string;
  readonly application: Application;
}

/**
 * Calls one of several applications, by the path of the request: the one with the longest prefix that matches. What
 * matched moves from `PATH_INFO` to the end of `SCRIPT_NAME`, so that each application finds itself mounted there and
 * need not know about the map. A prefix ends at a slash or at the end of the path: `/blog` does not match `/blogger`.
 *
 *     urlMap({ '/blog': blog, '/shop': shop, '': front })
 *
 * @param applications by prefix, which is text; `''` (or `/`) matches what no other prefix does.
 * @param otherwise called, with nothing moved, when no prefix matches; 404 unless told.
 */
export function urlMap(applications: Readonly<Record<string, Inner>>, otherwise: Inner = notFound): Application {
  const mounts = Object.entries(applications)
    .map(([prefix, application]): Mount => ({ prefix: toPrefix(prefix), application: toApplication(application) }))
    .sort((one, other) => other.prefix.length - one.prefix.length);
  const rest = toApplication(otherwise);

  return (environ, startResponse) => {
    const path = environ.PATH_INFO;
    const mount = mounts.find(({ prefix }) => isBelow(path, prefix));
    if (mount === undefined) {
      return rest(environ, startResponse);
    }
    environ.SCRIPT_NAME += mount.prefix;
    environ.PATH_INFO = path.slice(mount.prefix.length);
    return mount.application(environ, startResponse);
  };
}

const notFound: Application = (_environ, startResponse) => answerPlainly(startResponse, '404 Not Found');
