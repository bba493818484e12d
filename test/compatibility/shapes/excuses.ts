/** Differences that are inherent to having a web server in front, each with its reason. */
import type { Excuse, ServerName, Shape } from '../shape';

const BOTH: readonly ServerName[] = ['nginx', 'Apache'];

const excuse = (servers: readonly ServerName[], differs: readonly string[], reason: string): Excuse => ({
  servers,
  differs,
  reason,
});

/** What a page is that shows the path: its text and what depends on it. */
const PAGE = ['body', 'length', 'field etag'] as const;

export const normalises = (servers = BOTH, differs: readonly string[] = ['*']): Excuse =>
  excuse(
    servers,
    differs,
    'The server resolves `.` and `..` and merges slashes before it looks for a location; the application is given the path that access was decided by (RFC 3986, 6.2.2.3; `merge_slashes`, `MergeSlashes`).',
  );

export const refusesTarget = (servers = BOTH): Excuse =>
  excuse(servers, ['*'], 'The server refuses a target with a broken escape or an escaped NUL by itself.');

export const dropsAuthority = excuse(
  BOTH,
  PAGE,
  'Of an absolute target the server takes the authority for its own: the application is given the origin form (RFC 9112, 3.2.2).',
);

export const answersTrace = excuse(
  BOTH,
  ['*'],
  'TRACE is the server’s: nginx refuses it, Apache answers it (`TraceEnable`).',
);

export const dropsUnderscores = excuse(
  ['nginx'],
  PAGE,
  'nginx drops fields with an underscore in the name unless `underscores_in_headers` is on.',
);

export const joinsFields = excuse(
  ['Apache'],
  PAGE,
  'httpd joins the values of a field that came several times by `, ` before a module sees them.',
);

export const cutsRanges = (servers: readonly ServerName[], differs: readonly string[]): Excuse =>
  excuse(
    servers,
    differs,
    'The server cuts the ranges that were asked for out of a whole response of known length (RFC 9110, 14.2), as it does for every other handler.',
  );

export const joinsVary = excuse(
  ['Apache'],
  ['field vary'],
  'httpd writes the members of `Vary` without a space between them.',
);

export const refusesExpectation = excuse(
  ['Apache'],
  ['body', 'field content-type', 'field x-expected'],
  'httpd answers an expectation that it does not know with a page of its own.',
);

export const closesAfterFailure = excuse(
  ['Apache'],
  ['2: status', '2: reason', '2: length', '2: body', '2: complete', '2: field x-powered-by', '2: field content-type', '2: field etag'], // prettier-ignore
  'httpd closes a connection after status 400, 408, 411, 413, 414, 500, 501 and 503, and says so by `Connection: close`.',
);

export const headInUtf8 = (field: string): Excuse =>
  excuse(
    BOTH,
    [`field ${field}`],
    'Node writes a head in Latin-1, but in UTF-8 when the first piece of the body is text; a server always writes the bytes that the application meant.',
  );

export const listensOnAll = excuse(
  BOTH,
  ['body', 'length'],
  'Plain node listens on `::` where no host is told, and sees an IPv4 client as `::ffff:127.0.0.1`; the server listens where its configuration says.',
);

export const noInterim = (servers = BOTH): Excuse =>
  excuse(
    servers,
    ['interim'],
    'Interim responses are the server’s: 103 goes where it can send one (nginx since 1.29, Apache), 102 nowhere.',
  );

export const asksForBody = excuse(
  ['nginx'],
  ['interim'],
  'Where requests are buffered the body is asked for by `100 Continue` before the application is called (`tsgi_request_buffering off` leaves it to the application).',
);

export const answersForDestroyed = excuse(
  BOTH,
  ['*'],
  'A response that was destroyed before anything was sent is answered with 500: the connection may carry other requests ([adapters](adapters.md#what-is-the-servers)).',
);

export const noUpgrade = excuse(
  BOTH,
  ['*'],
  'The connection is the server’s, so that no protocol can be changed: the request is answered as any other, which is what RFC 9110, 7.8 has for a server that does not.',
);

export const judgesRequest = (differs: readonly string[], servers = BOTH): Excuse =>
  excuse(
    servers,
    differs,
    'Whether a request is well-formed, and how large its head may be, the server judges before the application; each has limits and pages of its own.',
  );

export const pathOfApplications = excuse(
  BOTH,
  PAGE,
  '`app.path()` of Express tells of the applications that Express itself has mounted; the mount of the server is in `req.baseUrl`.',
);

export const noTypeWithoutBody = excuse(
  ['Apache'],
  ['field content-type'],
  'httpd sends no `Content-Type` with a status that has no body.',
);

export const noLengthWith204 = excuse(
  BOTH,
  ['length'],
  'A response with status 204 must not have a `Content-Length` (RFC 9110, 8.6): TSGI drops it.',
);

/** Shapes of an application that needs excuses where others do not, by feature and name. */
export const excused = (shapes: readonly Shape[], excuses: Readonly<Record<string, readonly Excuse[]>>): Shape[] =>
  shapes.map((one) => {
    const more = excuses[`${one.feature}: ${one.name}`];
    return more === undefined ? one : { ...one, excuses: [...(one.excuses ?? []), ...more] };
  });
