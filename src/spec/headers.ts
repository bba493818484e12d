import type { Violation } from './errors';
import { quote } from './quote';
import type { Headers } from './types';

/** A field name is a token (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[^\0\r\n\u0100-\uffff]*$/;
const LENGTH_VALUE = /^[0-9]{1,15}$/;

/** Fields that describe one connection only, or the gateway protocols of old: they belong to the server. */
const SERVER_OWNED =
  /^(?:connection|keep-alive|proxy-authenticate|proxy-authorization|proxy-connection|te|trailers?|transfer-encoding|upgrade|status)$/i;
const CONTENT_LENGTH = /^content-length$/i;

/**
 * Names that have passed every rule on names once, so that the usual ones cost one look-up. `Content-Length` is never
 * in it: its value and its number have rules of their own.
 */
const passed = new Set<string>();
const PASSED_LIMIT = 256;
const PASSED_NAME_LENGTH = 40;

/**
 * Checks the second argument of `startResponse` (and of `tsgi.early_hints`). Called for each response by the server as
 * well as by `lint`; valid headers cost one look-up and one regular expression each and no allocation.
 */
export function checkHeaders(headers: unknown): Violation | undefined {
  // @rule headers-array
  // The headers MUST be an array. A `Map`, a `Headers` object of the Fetch standard or a plain object is not one:
  // the order of fields with the same name is part of the message.
  if (!Array.isArray(headers)) {
    return { rule: 'headers-array', message: `the headers must be an array of [name, value], not ${quote(headers)}` };
  }
  let lengths = 0;
  for (let index = 0; index < headers.length; index++) {
    const header: unknown = headers[index];
    // @rule headers-pair
    // Each header MUST be an array of exactly two strings, the name and the value. A field that is sent several times
    // is several entries; an array as value means nothing.
    if (!Array.isArray(header) || header.length !== 2) {
      return pairViolation(header, index);
    }
    const name: unknown = header[0];
    const value: unknown = header[1];
    if (typeof name !== 'string' || typeof value !== 'string') {
      return pairViolation(header, index);
    }
    if (!passed.has(name)) {
      const violation = checkName(name);
      if (violation !== undefined) {
        return violation;
      }
      if (CONTENT_LENGTH.test(name)) {
        // @rule header-content-length
        // `Content-Length` MUST be a decimal number of at most 15 digits and MUST NOT be given twice (RFC 9110,
        // section 8.6): two parties that read a length differently disagree about where the message ends.
        lengths++;
        if (lengths > 1 || !LENGTH_VALUE.test(value)) {
          return {
            rule: 'header-content-length',
            message:
              lengths > 1
                ? `Content-Length must be given at most once, second value ${quote(value)}`
                : `Content-Length must be a decimal number, not ${quote(value)}`,
          };
        }
        continue;
      }
      if (passed.size < PASSED_LIMIT && name.length <= PASSED_NAME_LENGTH) {
        passed.add(name);
      }
    }
    // @rule header-value
    // A header's value MUST be a string in which every code unit is a byte (at most U+00FF, as in node:http), without
    // CR, LF or NUL (RFC 9110, section 5.5). It may be empty. Text beyond Latin-1 is encoded by the application.
    if (!VALUE.test(value)) {
      return {
        rule: 'header-value',
        message: `the value of header ${quote(name)} must be Latin-1 without CR, LF or NUL, not ${quote(value)}`,
      };
    }
  }
  return undefined;
}

function pairViolation(header: unknown, index: number): Violation {
  const found = Array.isArray(header)
    ? `[${header.slice(0, 3).map(quote).join(', ')}${header.length > 3 ? ', ...' : ''}]`
    : quote(header);
  return { rule: 'headers-pair', message: `header ${index} must be an array of two strings, not ${found}` };
}

function checkName(name: string): Violation | undefined {
  // @rule header-name
  // A header's name MUST be a token (RFC 9110, section 5.1): letters, digits and ``!#$%&'*+-.^_`|~``, at least one, in
  // any case. So it cannot hold a colon, a space or a line end.
  if (!TOKEN.test(name)) {
    return { rule: 'header-name', message: `a header name must be a token, not ${quote(name)}` };
  }
  // @rule header-server-owned
  // The application MUST NOT send hop-by-hop fields (`Connection`, `Keep-Alive`, `Proxy-Authenticate`,
  // `Proxy-Authorization`, `Proxy-Connection`, `TE`, `Trailer`, `Trailers`, `Transfer-Encoding`, `Upgrade`; RFC 9110, section 7.6.1;
  // PEP 3333, "Other HTTP Features") nor `Status`, which is CGI's. The connection is the server's, in HTTP/2 it has none
  // of these.
  if (SERVER_OWNED.test(name)) {
    return {
      rule: 'header-server-owned',
      message: `header ${quote(name)} belongs to the server (hop-by-hop, or CGI's Status)`,
    };
  }
  return undefined;
}

/** The declared length of headers that `checkHeaders` has accepted; undefined when none is declared. */
export function declaredLength(headers: Headers): number | undefined {
  for (const [name, value] of headers) {
    if (name.length === 14 && CONTENT_LENGTH.test(name)) {
      return Number(value);
    }
  }
  return undefined;
}

/** The values of several `Set-Cookie` fields that a list of headers has joined by commas; null: there is none. */
export function splitCookies(joined: string | null): string[] {
  // A comma before a name and its equals sign; that of a date in Expires is none.
  return joined?.split(/,\s*(?=[^\s;,=]+=)/) ?? [];
}
