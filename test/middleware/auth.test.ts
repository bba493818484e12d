import { describe, expect, test } from 'vitest';
import { decodeText, lint, type Application } from '../../src/index';
import { basicAuth, bearerAuth, grantOf, type BearerAuthOptions, type Grant } from '../../src/middleware/index';
import { run } from '../spec/host';
import { fieldsOf, serve } from './served';

const inside: Application = lint((environ, startResponse) => {
  startResponse('200 OK', []);
  return [`${environ.AUTH_TYPE} ${decodeText(environ.REMOTE_USER ?? '-')}`];
});

const basic = (text: string | Uint8Array) => ({
  Authorization: `Basic ${Buffer.from(text as string).toString('base64')}`,
});

describe('basicAuth', () => {
  const ask = serve(
    basicAuth(inside, { realm: 'the "shop"', users: { ann: 'secret', bob: 'a:b', müller: 'pässwort' } }),
  );

  test('asks who sends nothing', async () => {
    const response = await ask();
    expect(response.status).toBe(401);
    expect(fieldsOf(response, 'www-authenticate')).toEqual(['Basic realm="the \\"shop\\"", charset="UTF-8"']);
  });

  test.each([
    ['ann:secret', 'Basic ann'],
    ['bob:a:b', 'Basic bob'],
    ['müller:pässwort', 'Basic müller'],
  ])('lets %s in', async (credentials, text) => {
    expect(await ask({ headers: basic(credentials) })).toMatchObject({ status: 200, text });
  });

  test('does not mind the case of the scheme, nor spaces', async () => {
    const Authorization = `bAsIc   ${Buffer.from('ann:secret').toString('base64')} `;
    expect((await ask({ headers: { Authorization } })).status).toBe(200);
  });

  test.each<[string, Record<string, string>]>([
    ['a wrong password', basic('ann:Secret')],
    ['a password that is longer', basic('ann:secret ')],
    ['an empty password', basic('ann:')],
    ['somebody unknown', basic('eve:secret')],
    ['a name of every object', basic('constructor:x')],
    ['nobody', basic(':secret')],
    ['no colon', basic('ann')],
    ['control characters', basic('ann:secret\n')],
    ['what is not UTF-8', basic(Uint8Array.of(0xe4, 0x3a, 0x78))],
    ['what is not base64', { Authorization: 'Basic ann:secret' }],
    ['no credentials', { Authorization: 'Basic' }],
    ['another scheme', { Authorization: 'Bearer YW5uOnNlY3JldA==' }],
    ['two', { Authorization: `${basic('ann:secret').Authorization}, ${basic('ann:secret').Authorization}` }],
  ])('asks who sends %s', async (_name, headers) => {
    const response = await ask({ headers });
    expect(response.status).toBe(401);
    expect(fieldsOf(response, 'www-authenticate')).toHaveLength(1);
  });

  test('asks a function, which may take its time, and fails with it', async () => {
    const asked: unknown[] = [];
    const verified = serve(
      basicAuth(inside, {
        realm: 'x',
        verify: async (user, password, environ) => {
          asked.push(user, password, environ.REQUEST_METHOD);
          await Promise.resolve();
          return user === 'ann';
        },
      }),
    );
    expect((await verified({ headers: basic('ann:x') })).text).toBe('Basic ann');
    expect((await verified({ headers: basic('eve:x') })).status).toBe(401);
    expect(asked).toEqual(['ann', 'x', 'GET', 'eve', 'x', 'GET']);
    expect((await verified()).status).toBe(401);
    expect(asked).toHaveLength(6);

    const broken = basicAuth(inside, {
      realm: 'x',
      verify: () => Promise.reject(new Error('no database')),
    });
    const environ = { HTTP_AUTHORIZATION: basic('ann:x').Authorization };
    expect(String((await run(broken, { environ })).error)).toContain('no database');
  });

  test('does not ask about an empty user, who could not be REMOTE_USER', async () => {
    const ask = serve(basicAuth(inside, { realm: 'x', verify: () => true }));
    expect((await ask({ headers: basic(':x') })).status).toBe(401);
  });

  test('answers at once where the function does', () => {
    const application = basicAuth(() => ['sync'], { realm: 'x', verify: () => true });
    const environ = { HTTP_AUTHORIZATION: basic('ann:x').Authorization, SCRIPT_NAME: '', PATH_INFO: '/' };
    expect(application(environ as never, () => () => undefined)).toEqual(['sync']);
  });

  test.each([
    ['a realm that not everybody can read', { realm: 'Müller', users: {} }],
    ['an empty realm', { realm: '', users: {} }],
    ['neither users nor a function', { realm: 'x' }],
    ['both', { realm: 'x', users: {}, verify: () => true }],
  ])('%s is refused at once', (_name, options) => {
    expect(() => basicAuth(inside, options)).toThrow(TypeError);
  });
});

describe('bearerAuth', () => {
  const grants: Record<string, Grant & { plan?: string }> = {
    'reader.token': { user: 'ann', scope: ['read'], plan: 'free' },
    'writer~token==': { user: 'böb', scope: ['read', 'write'] },
    nobody: { scope: ['read', 'write'] },
  };
  const verify = (token: string) => Promise.resolve(grants[token]);
  const served = (options: Partial<BearerAuthOptions> = {}, inner = inside) =>
    serve(bearerAuth(inner, { verify, ...options }));
  const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

  test('asks who has no token, without an error', async () => {
    for (const headers of [{}, basic('ann:x')]) {
      const response = await served({ realm: 'api', scope: ['read', 'write'] })({ headers });
      expect(response.status).toBe(401);
      expect(fieldsOf(response, 'www-authenticate')).toEqual(['Bearer realm="api", scope="read write"']);
    }
    expect((await served()()).header('www-authenticate')).toBe('Bearer realm=""');
  });

  test('lets in who has one', async () => {
    const ask = served({ scope: ['read'] });
    expect((await ask(bearer('reader.token'))).text).toBe('Bearer ann');
    expect((await ask(bearer('writer~token=='))).text).toBe('Bearer böb');
    expect((await ask({ ...bearer('nobody'), params: { REMOTE_USER: 'server' } })).text).toBe('Bearer -');
  });

  test('tells the application what the token allows', async () => {
    const ask = served(
      {},
      lint((environ, startResponse) => {
        startResponse('200 OK', []);
        return [grantOf<Grant & { plan: string }>(environ).plan];
      }),
    );
    expect((await ask(bearer('reader.token'))).text).toBe('free');
    expect(String((await run((environ) => [String(grantOf(environ))])).error)).toContain('not inside of bearerAuth()');
  });

  test.each(['', 'a b', 'a,b', 'a=b', '"a"', 'reader.token, Bearer reader.token'])(
    'a malformed token: %j',
    async (token) => {
      const response = await served({ realm: 'api' })(bearer(token));
      expect(response.status).toBe(400);
      expect(response.header('www-authenticate')).toMatch(/^Bearer realm="api", error="invalid_request", error_desc/);
    },
  );

  test('a token that is not valid', async () => {
    const response = await served()(bearer('unknown'));
    expect(response.status).toBe(401);
    expect(response.header('www-authenticate')).toMatch(/^Bearer error="invalid_token", error_description="[^"]+"$/);
  });

  test('a token that does not go so far', async () => {
    const response = await served({ scope: ['read', 'write'] })(bearer('reader.token'));
    expect(response.status).toBe(403);
    expect(response.header('www-authenticate')).toMatch(/^Bearer error="insufficient_scope", .*, scope="read write"$/);
  });

  test('wrong options are refused at once', () => {
    expect(() => bearerAuth(inside, { verify, realm: 'é' })).toThrow(TypeError);
    expect(() => bearerAuth(inside, { verify, scope: ['a b'] })).toThrow(TypeError);
  });
});
