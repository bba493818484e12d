import {
  checkBody,
  checkHeaders,
  fileWrapperOf,
  isThenable,
  toApplication,
  type Application,
  type Body,
  type Environ,
  type Headers,
} from '../spec';
import type { Inner } from './middleware';
import { ExchangeSession, type Lifetime, type Session } from './session';
import { closeBody, saveAround } from './session-body';
import { SessionCookie, type Presented, type SessionCookieOptions } from './session-cookie';
import type { SessionStore } from './session-store';

export interface SessionsOptions {
  /** Where sessions are kept: `memoryStore()`, `redisStore(client)`. */
  store: SessionStore;
  /**
   * Signs the cookies: at least 32 characters that nobody can guess. Of several the first signs and all are accepted, so
   * that secrets can be replaced one after the other.
   */
  secret: string | readonly string[];
  /** What the cookie is like. */
  cookie?: SessionCookieOptions;
  /** After how many seconds without a request a session ends; a day unless told. */
  idle?: number;
  /** After how many seconds a session ends however much it is used; 14 days unless told. */
  absolute?: number;
  /** Whether every request counts as use, or those alone that change something; every one unless told. */
  rolling?: boolean;
}

const KEY = 'session.current';
const DAY = 24 * 60 * 60;

/**
 * Gives the application inside a session: data that is kept from one request of a browser to the next.
 *
 * The cookie has a signed id, the store the data. The session is saved before the first chunk of the response, and where
 * a streamed body changes it afterwards, once more at its end.
 */
export function sessions(inner: Inner, options: SessionsOptions): Application {
  const application = toApplication(inner);
  const { store } = options;
  const cookie = new SessionCookie(options.secret, options.cookie ?? {});
  const lifetime: Lifetime = {
    idle: duration('idle', options.idle ?? DAY),
    absolute: duration('absolute', options.absolute ?? 14 * DAY),
    rolling: options.rolling ?? true,
  };
  let warned = store.local !== true;

  return (environ, startResponse) => {
    if (!warned && (environ['tsgi.multithread'] || environ['tsgi.multiprocess'])) {
      warned = true;
      environ['tsgi.errors'].write(
        'sessions: the store keeps sessions in one thread, and others run this application: their sessions differ\n',
      );
    }
    const session = new ExchangeSession(store, lifetime, environ['tsgi.errors']);
    const presented = cookie.read(environ);

    const call = (text: string | undefined): Body | Promise<Body> => {
      if (presented !== undefined && text !== undefined) {
        session.resume(presented.id, text);
      }
      environ[KEY] = session;
      const returned = application(environ, (status, headers, ...error) =>
        startResponse(status, withCookie(headers, { environ, session, cookie, presented }), ...error),
      );
      return isThenable(returned) ? returned.then((body) => finish(body, session)) : finish(returned, session);
    };
    const text = presented === undefined ? undefined : store.get(presented.id);
    return isThenable(text) ? text.then(call) : call(text);
  };
}

/** The session of this request; `Data` is what the application keeps in it. */
export function sessionOf<Data extends object = Record<string, unknown>>(environ: Environ): Session<Data> {
  const session = environ[KEY];
  if (!(session instanceof ExchangeSession)) {
    throw new Error('there is no session: the application is not inside of sessions()');
  }
  return session as unknown as Session<Data>;
}

function duration(name: string, seconds: number): number {
  if (!Number.isSafeInteger(seconds) || seconds < 1) {
    throw new TypeError(`${name} must be a number of seconds, not ${String(seconds)}`);
  }
  return seconds;
}

interface Exchange {
  readonly environ: Environ;
  readonly session: ExchangeSession;
  readonly cookie: SessionCookie;
  readonly presented: Presented | undefined;
}

/** The application's headers and what the session adds: the cookie where it changes, and what caches must know. */
function withCookie(headers: Headers, { environ, session, cookie, presented }: Exchange): Headers {
  if (checkHeaders(headers) !== undefined) {
    return headers; // the server will say what is wrong with them
  }
  const added: Headers = session.isAccessed ? [['Vary', 'Cookie']] : [];
  const started = session.start();
  const isSent =
    started === undefined
      ? session.isAccessed && cookie.isPresent(environ)
      : started.isRenamed || presented?.current === false || (cookie.persistent && session.rolls);
  if (isSent) {
    added.push(['Set-Cookie', started ? cookie.write(environ, started.id, session.left) : cookie.clear(environ)]);
    if (!headers.some(([name]) => name.toLowerCase() === 'cache-control')) {
      added.push(['Cache-Control', 'private']);
    }
  }
  return [...headers, ...added];
}

/** The body, saved around; what cannot run code of the application any more waits for the store by itself. */
function finish(body: Body, session: ExchangeSession): Body | Promise<Body> {
  if (checkBody(body) !== undefined) {
    return body; // the server will say what is wrong with it
  }
  const save = (): Promise<void> | undefined => (session.isPending ? session.save() : undefined);
  if (body !== null && body !== undefined && !Array.isArray(body) && fileWrapperOf(body) === undefined) {
    return saveAround(body, save);
  }
  return (
    save()?.then(
      () => body,
      async (error) => {
        await closeBody(body);
        throw error;
      },
    ) ?? body
  );
}
