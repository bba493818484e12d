import type { Violation } from './errors';
import { quote } from './quote';

const STATUS_LINE = /^[2-9][0-9][0-9] [\x20-\x7e\x80-\xff]+$/;

/**
 * Checks a status line, the first argument of `startResponse`. Called for each response by the server as well as by
 * `lint`; a valid status costs one regular expression and no allocation.
 */
export function checkStatus(status: unknown): Violation | undefined {
  if (typeof status === 'string' && STATUS_LINE.test(status)) {
    return undefined;
  }
  return statusViolation(status);
}

function statusViolation(status: unknown): Violation {
  // @rule status-string
  // The status MUST be a string.
  if (typeof status !== 'string') {
    return { rule: 'status-string', message: `the status must be a string such as "200 OK", not ${quote(status)}` };
  }
  // @rule status-interim
  // The status MUST NOT be 1xx: interim responses are the server's. Early hints go through `tsgi.early_hints`.
  if (/^1[0-9][0-9]( |$)/.test(status)) {
    return {
      rule: 'status-interim',
      message: `the status must not be 1xx: interim responses are the server's (103: tsgi.early_hints), not ${quote(status)}`,
    };
  }
  // @rule status-form
  // The status MUST have the form `NNN Reason`: three digits from 200 to 999, one space, and a reason of at least one
  // character, in which every code unit is a byte (at most U+00FF) and no control character (RFC 9110, section 15;
  // RFC 9112, section 4; PEP 3333, "The start_response() Callable").
  return {
    rule: 'status-form',
    message: `the status must be "NNN Reason", three digits from 200 to 999, a space and a reason without control characters, not ${quote(status)}`,
  };
}

/** The number of a status line that `checkStatus` has accepted. */
export function statusCode(status: string): number {
  return (status.charCodeAt(0) - 48) * 100 + (status.charCodeAt(1) - 48) * 10 + (status.charCodeAt(2) - 48);
}

/** Whether a response of this status has no content whatever the application yields (RFC 9110, section 6.4.1). */
export function isBodyless(code: number): boolean {
  return code === 204 || code === 304;
}
