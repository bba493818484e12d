import { encodeText, isThenable, toApplication, type Application, type Body, type Environ } from '../spec';
import { challenge, checkRealm, credentialsOf, refuse } from './challenge';
import type { Inner } from './middleware';

/** What a token allows. `verify` may add what it likes: all of it is in `grantOf(environ)`. */
export interface Grant {
  /** Whom the token stands for: `REMOTE_USER` of the application inside. */
  user?: string;
  /** What the token is good for. */
  scope?: readonly string[];
}

/** What the token allows; `undefined` for one that is expired, revoked, malformed or not ours. What it throws fails the request. */
export type VerifyToken<G extends Grant = Grant> = (
  token: string,
  environ: Environ,
) => G | undefined | Promise<G | undefined>;

export interface BearerAuthOptions {
  /** Checks a token. */
  verify: VerifyToken;
  /** Told to who has no token. */
  realm?: string;
  /** What a token must be good for, all of it. */
  scope?: readonly string[];
}

const KEY = 'bearer.grant';
/** RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * Lets those in who bear a token (RFC 6750), in the request field `Authorization` alone: tokens in URLs end up in logs. The
 * application inside has `AUTH_TYPE` `Bearer`, `REMOTE_USER` if the token stands for somebody, and `grantOf(environ)`.
 */
export function bearerAuth(inner: Inner, options: BearerAuthOptions): Application {
  const application = toApplication(inner);
  const { verify } = options;
  const realm = options.realm === undefined ? undefined : checkRealm(options.realm);
  const needed = (options.scope ?? []).map(checkScope);
  const scope = needed.length > 0 ? needed.join(' ') : undefined;
  const asked = challenge('Bearer', realm === undefined && scope === undefined ? { realm: '' } : { realm, scope });
  const says = (error: string, description: string, more = {}): string =>
    challenge('Bearer', { realm, error, error_description: description, ...more });

  return (environ, startResponse) => {
    const token = credentialsOf(environ, 'Bearer');
    if (token === undefined) {
      return refuse(startResponse, '401 Unauthorized', asked);
    }
    if (!TOKEN.test(token)) {
      return refuse(startResponse, '400 Bad Request', says('invalid_request', 'The token is malformed'));
    }
    const answer = (grant: Grant | undefined): Body | Promise<Body> => {
      if (grant === undefined) {
        return refuse(startResponse, '401 Unauthorized', says('invalid_token', 'The token is not valid'));
      }
      if (!needed.every((one) => grant.scope?.includes(one))) {
        const value = says('insufficient_scope', 'The token does not allow this', { scope });
        return refuse(startResponse, '403 Forbidden', value);
      }
      enter(environ, grant);
      return application(environ, startResponse);
    };
    const grant = verify(token, environ);
    return isThenable(grant) ? grant.then(answer) : answer(grant);
  };
}

/** What the token of this request allows, as `verify` told it. */
export function grantOf<G extends Grant = Grant>(environ: Environ): G {
  const grant = environ[KEY];
  if (typeof grant !== 'object' || grant === null) {
    throw new Error('there is no grant: the application is not inside of bearerAuth()');
  }
  return grant as G;
}

function enter(environ: Environ, grant: Grant): void {
  environ[KEY] = grant;
  environ.AUTH_TYPE = 'Bearer';
  if (grant.user === undefined || grant.user === '') {
    delete environ.REMOTE_USER; // whoever the server may have found out is not who bears the token
  } else {
    environ.REMOTE_USER = encodeText(grant.user);
  }
}

/** RFC 6749, section 3.3. */
function checkScope(token: string): string {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(token)) {
    throw new TypeError(`a scope must be printable ASCII without spaces and quotes, not ${JSON.stringify(token)}`);
  }
  return token;
}
