import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { encodeText, isThenable, toApplication, type Application, type Body, type Environ } from '../spec';
import { challenge, checkRealm, credentialsOf, refuse } from './challenge';
import type { Inner } from './middleware';

/** Whether the password is that of the user. What it throws fails the request. */
export type VerifyPassword = (user: string, password: string, environ: Environ) => boolean | Promise<boolean>;

export interface BasicAuthOptions {
  /** What the browser shows when it asks for the password. */
  realm: string;
  /** Passwords by user, for a few users whose passwords may stand in the open; else `verify`. */
  users?: Readonly<Record<string, string>>;
  /** Checks a password, against hashes that are slow to make. */
  verify?: VerifyPassword;
}

/**
 * Lets those in who know a password (RFC 7617). The application inside has the user as `REMOTE_USER`, a byte string, and
 * `AUTH_TYPE` `Basic`, as if the server had asked. Who sends no credentials, wrong or malformed ones is asked for others
 * with 401 (RFC 9110, section 15.5.2), as nginx and httpd do it.
 */
export function basicAuth(inner: Inner, options: BasicAuthOptions): Application {
  const application = toApplication(inner);
  const asked = challenge('Basic', { realm: checkRealm(options.realm), charset: 'UTF-8' });
  const verify = verifierOf(options);

  return (environ, startResponse) => {
    const credentials = decode(credentialsOf(environ, 'Basic'));
    const answer = (isRight: boolean): Body | Promise<Body> => {
      if (credentials === undefined || !isRight) {
        return refuse(startResponse, '401 Unauthorized', asked);
      }
      environ.REMOTE_USER = encodeText(credentials.user);
      environ.AUTH_TYPE = 'Basic';
      return application(environ, startResponse);
    };
    const isRight = credentials !== undefined && verify(credentials.user, credentials.password, environ);
    return isThenable(isRight) ? isRight.then(answer) : answer(isRight);
  };
}

function verifierOf({ users, verify }: BasicAuthOptions): VerifyPassword {
  if ((users === undefined) === (verify === undefined)) {
    throw new TypeError('basicAuth wants either users or verify');
  }
  if (verify !== undefined) {
    return verify;
  }
  // What is compared has the same length whatever was sent, and for a user that does not exist something is compared too.
  const key = randomBytes(32);
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const digests = new Map(Object.entries(users ?? {}).map(([user, password]) => [user, digest(password)]));
  const nobody = randomBytes(32);
  return (user, password) => timingSafeEqual(digest(password), digests.get(user) ?? nobody);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** User and password; undefined for what is no such thing (RFC 7617, section 2), and for an empty user. */
function decode(encoded: string | undefined): { user: string; password: string } | undefined {
  if (encoded === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) {
    return undefined;
  }
  let text: string;
  try {
    text = strict.decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined;
  }
  const colon = text.indexOf(':');
  return colon <= 0 || /[\0-\x1f\x7f]/.test(text)
    ? undefined
    : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
