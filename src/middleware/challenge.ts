import { type Body, type Environ, type Headers, type StartResponse } from '../spec';
import { answerPlainly } from './plain-answer';

/** What stands behind the scheme in `Authorization`; undefined when another scheme, or none, is used. */
export function credentialsOf(environ: Environ, scheme: string): string | undefined {
  const header = environ.HTTP_AUTHORIZATION;
  const [name = '', ...rest] = typeof header === 'string' ? header.trim().split(' ') : [];
  return name.toLowerCase() === scheme.toLowerCase() ? rest.join(' ').trim() : undefined;
}

/** A challenge (RFC 9110, section 11.6.1): the scheme and its parameters, those that are undefined left out. */
export function challenge(scheme: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${value.replace(/["\\]/g, '\\$&')}"`],
  );
  return `${scheme} ${written.join(', ')}`;
}

/** Refuses a request with a challenge. */
export function refuse(startResponse: StartResponse, status: string, value: string): Body {
  const headers: Headers = [['WWW-Authenticate', value]];
  return answerPlainly(startResponse, status, headers);
}

/** A realm is shown to people: text of ASCII, so that all clients read it alike. */
export function checkRealm(realm: string): string {
  if (!/^[\x20-\x7e]+$/.test(realm)) {
    throw new TypeError(`a realm must be printable ASCII, not ${JSON.stringify(realm)}`);
  }
  return realm;
}
