import { checkHeaders, toApplication, TsgiError, type Application, type Headers } from '../spec';
import type { Inner } from './middleware';

const DEFAULTS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
};

export interface SecurityHeadersOptions {
  /** Fields to send besides the usual ones or in their place; `false` leaves one out. */
  headers?: Readonly<Record<string, string | false>>;
  /**
   * For how many seconds browsers shall insist on TLS (`Strict-Transport-Security`, RFC 6797). Sent over TLS only; not
   * at all unless told, since it cannot be taken back.
   */
  strictTransport?: number | StrictTransport;
}

export interface StrictTransport {
  maxAge: number;
  /** All hosts below this one too. */
  includeSubDomains?: boolean;
  /** The host may be built into browsers, which takes much longer to undo. */
  preload?: boolean;
}

/**
 * Adds the header fields that make browsers careful: `X-Content-Type-Options`, `X-Frame-Options`, `Referrer-Policy`, and
 * what the options say. A field that the application sends itself stays as the application has it.
 */
export function securityHeaders(inner: Inner, options: SecurityHeadersOptions = {}): Application {
  const application = toApplication(inner);
  const always = choose(options.headers ?? {});
  const secure = withTransport(always, options.strictTransport);

  return (environ, startResponse) => {
    const added = environ['tsgi.url_scheme'] === 'https' ? secure : always;
    return application(environ, (status, headers, ...error) =>
      startResponse(status, complete(headers, added), ...error),
    );
  };
}

/** The defaults and what the options make of them, without regard to the case of names. */
function choose(chosen: Readonly<Record<string, string | false>>): Headers {
  const replaced = new Set(Object.keys(chosen).map((name) => name.toLowerCase()));
  const headers: Headers = [
    ...Object.entries(DEFAULTS).filter(([name]) => !replaced.has(name.toLowerCase())),
    ...Object.entries(chosen).filter((entry): entry is [string, string] => entry[1] !== false),
  ];
  const violation = checkHeaders(headers);
  if (violation !== undefined) {
    throw TsgiError.of(violation);
  }
  return headers;
}

function withTransport(headers: Headers, chosen: number | StrictTransport | undefined): Headers {
  if (chosen === undefined) {
    return headers;
  }
  const { maxAge, includeSubDomains, preload }: StrictTransport =
    typeof chosen === 'number' ? { maxAge: chosen } : chosen;
  if (!Number.isSafeInteger(maxAge) || maxAge < 0) {
    throw new TypeError(`strictTransport must be a number of seconds, not ${String(maxAge)}`);
  }
  const value = `max-age=${maxAge}${includeSubDomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}`;
  return [...headers, ['Strict-Transport-Security', value]];
}

/** The application's headers and those of `added` that it does not send itself. */
function complete(headers: Headers, added: Headers): Headers {
  if (checkHeaders(headers) !== undefined) {
    return headers; // the server will say what is wrong with them
  }
  const sent = new Set(headers.map(([name]) => name.toLowerCase()));
  return [...headers, ...added.filter(([name]) => !sent.has(name.toLowerCase()))];
}
