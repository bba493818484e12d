/** Each middleware where only a real server shows what becomes of it; `ROOT` is a folder of the test. */
import { lint } from 'tsgi';
import { basicAuth, bearerAuth, grantOf, memoryStore, sessionOf, sessions, staticFiles, urlMap } from 'tsgi/middleware';

/** @type {import('tsgi').Application} */
const who = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [`${environ.AUTH_TYPE} ${environ.REMOTE_USER}`];
};

/** @type {import('tsgi').Application} */
const count = (environ, startResponse) => {
  const { data } = sessionOf(environ);
  data.n = Number(data.n ?? 0) + 1;
  startResponse('200 OK', [
    ['Set-Cookie', 'one=1'],
    ['Set-Cookie', 'two=2'],
  ]);
  return [String(data.n)];
};

export const application = lint(
  urlMap({
    '/files': staticFiles(undefined, { root: process.env.ROOT ?? '', maxAge: 60 }),
    '/basic': basicAuth(lint(who), { realm: 'test', users: { ann: 'secret' } }),
    '/bearer': bearerAuth(
      lint((environ, startResponse) => {
        startResponse('200 OK', []);
        return [`${environ.AUTH_TYPE} ${grantOf(environ).user}`];
      }),
      { verify: (token) => (token === 'token' ? { user: 'ann' } : undefined), realm: 'test' },
    ),
    '/session': sessions(lint(count), { store: memoryStore(), secret: 'not a secret, but long enough for one' }),
  }),
);
