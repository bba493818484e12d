import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse, serialize } from 'cookie';
import { encodePath, type Environ } from '../spec';

export interface SessionCookieOptions {
  /** `session` unless told; a name that begins with `__Host-` has browsers insist on `Secure` and the path `/`. */
  name?: string;
  /** The mount of the application unless told. */
  path?: string;
  /** The host that was asked, and no other, unless told. */
  domain?: string;
  /** `lax` unless told. */
  sameSite?: 'lax' | 'strict' | 'none';
  /** Whether the cookie travels over TLS alone; unless told, where the request itself came over TLS. */
  secure?: boolean;
  /** The browser keeps the cookie when it is closed, until the session expires; not unless told. */
  persistent?: boolean;
}

/** What a request's cookie says: a genuine id. */
export interface Presented {
  readonly id: string;
  /** Signed by the first of the secrets, the one that signs now. */
  readonly current: boolean;
}

const ID_BYTES = 32;
const VALUE = /^([\w-]{43})\.([\w-]{43})$/;
const SECRET_LENGTH = 32;

export function newId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

/** The cookie that holds the id of a session, signed so that ids cannot be tried at the store. */
export class SessionCookie {
  readonly #name: string;
  readonly #options: SessionCookieOptions;
  readonly #secrets: readonly string[];

  /** @param secret the first signs; the others are still accepted. */
  constructor(secret: string | readonly string[], options: SessionCookieOptions) {
    this.#secrets = typeof secret === 'string' ? [secret] : secret;
    if (this.#secrets.length === 0 || this.#secrets.some((one) => one.length < SECRET_LENGTH)) {
      throw new TypeError(`a secret of sessions must have at least ${SECRET_LENGTH} characters`);
    }
    this.#name = options.name ?? 'session';
    this.#options = options;
    serialize(this.#name, '', this.#flags('', true)); // throws for what cannot be written
  }

  get persistent(): boolean {
    return this.#options.persistent ?? false;
  }

  /** What the request presents; undefined for no cookie and for one that is not ours. */
  read(environ: Environ): Presented | undefined {
    const header = environ.HTTP_COOKIE;
    const value = typeof header === 'string' ? parse(header)[this.#name] : undefined;
    const [, id, signature] = VALUE.exec(value ?? '') ?? [];
    if (id === undefined || signature === undefined) {
      return undefined;
    }
    const given = Buffer.from(signature);
    const index = this.#secrets.findIndex((secret) => timingSafeEqual(given, Buffer.from(this.#sign(id, secret))));
    return index < 0 ? undefined : { id, current: index === 0 };
  }

  /** Whether the request has a cookie of this name at all. */
  isPresent(environ: Environ): boolean {
    return typeof environ.HTTP_COOKIE === 'string' && parse(environ.HTTP_COOKIE)[this.#name] !== undefined;
  }

  /** The value of `Set-Cookie` that gives the browser this id, for so many seconds if it is to be kept. */
  write(environ: Environ, id: string, seconds: number): string {
    const value = `${id}.${this.#sign(id, this.#secrets[0] ?? '')}`;
    const flags = this.#flags(environ.SCRIPT_NAME, environ['tsgi.url_scheme'] === 'https');
    return serialize(this.#name, value, this.persistent ? { ...flags, maxAge: seconds } : flags);
  }

  /** The value of `Set-Cookie` that takes the cookie away. */
  clear(environ: Environ): string {
    const flags = this.#flags(environ.SCRIPT_NAME, environ['tsgi.url_scheme'] === 'https');
    return serialize(this.#name, '', { ...flags, maxAge: 0 });
  }

  #sign(id: string, secret: string): string {
    return createHmac('sha256', secret).update(`${this.#name}=${id}`).digest('base64url');
  }

  #flags(mount: string, tls: boolean) {
    const { path, domain, sameSite = 'lax', secure } = this.#options;
    const bound = this.#name.startsWith('__Host-');
    const own = bound || mount === '' ? '/' : encodePath(mount).replaceAll(';', '%3B');
    return {
      path: path ?? own,
      ...(domain === undefined ? {} : { domain }),
      httpOnly: true,
      sameSite,
      secure: secure ?? (bound || tls),
    } as const;
  }
}
