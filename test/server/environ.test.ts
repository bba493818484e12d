import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Environ } from '../../src/spec';
import { Level, REQUIRED_KEYS, Status } from '../../src/server/binding';
import { ENVIRON_KEYS, HEADER_KEYS } from '../../src/hosts/environ-entries';
import type { MockOptions, MockRequest } from '../../src/testing';
import { hostFor } from './support/hosts';

/** The environ of a request, looked at while it lives. */
async function look<T>(request: MockRequest, use: (environ: Environ) => T, options?: MockOptions): Promise<T> {
  const box: T[] = [];
  const host = hostFor((environ, startResponse) => {
    box.push(use(environ));
    startResponse('200 OK', []);
    return [];
  }, options);
  expect(await host.request(request)).toMatchObject({ status: 200 });
  return box[0] as T;
}

describe('environ', () => {
  it('has what BEGIN carries: numbered keys, header keys and spelled ones', async () => {
    const environ = await look(
      {
        method: 'POST',
        path: '/app/a%20b%FF?q=%20',
        mount: '/app/',
        headers: [
          ['X-Twice', 'one'],
          ['User-Agent', 'test'],
          ['x-twice', 'two'],
          ['Cookie', 'a=1'],
          ['cookie', 'b=2'],
          ['X_Under', 'dropped'],
          ['Proxy', 'dropped'],
          ['Content-Type', 'text/plain'],
        ],
        body: 'hello',
        params: { MY_PARAM: 'mine', REMOTE_USER: 'me', EMPTY: '' },
      },
      (all) => ({ ...all }),
    );
    expect(Object.fromEntries(Object.entries(environ).filter(([name]) => !name.startsWith('tsgi.')))).toEqual({
      REQUEST_METHOD: 'POST',
      SCRIPT_NAME: '/app',
      PATH_INFO: '/a b\xff',
      QUERY_STRING: 'q=%20',
      REQUEST_URI: '/app/a%20b%FF?q=%20',
      SERVER_PROTOCOL: 'HTTP/1.1',
      SERVER_NAME: 'localhost',
      SERVER_PORT: '80',
      REQUEST_SCHEME: 'http',
      SERVER_ADDR: '127.0.0.1',
      SERVER_SOFTWARE: 'mock',
      REMOTE_ADDR: '127.0.0.1',
      REMOTE_PORT: '50000',
      REMOTE_USER: 'me',
      CONTENT_TYPE: 'text/plain',
      CONTENT_LENGTH: '5',
      HTTP_HOST: 'localhost',
      HTTP_USER_AGENT: 'test',
      HTTP_COOKIE: 'a=1; b=2',
      HTTP_X_TWICE: 'one, two',
      MY_PARAM: 'mine',
      EMPTY: '',
    });
  });

  it('is an ordinary object whose every key is its own, enumerable and replaceable', async () => {
    await look({}, (environ) => {
      expect(Object.getPrototypeOf(environ)).toBe(Object.prototype);
      for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(environ))) {
        expect(descriptor, name).toMatchObject({ enumerable: true, configurable: true });
        if (!name.startsWith('tsgi.')) {
          expect(descriptor).toHaveProperty('value');
        }
      }
      expect(Object.getOwnPropertySymbols(environ)).toEqual([]);
      environ['tsgi.signal'] = 'mine' as unknown as AbortSignal;
      expect(environ['tsgi.signal']).toBe('mine');
      expect(Object.getOwnPropertyDescriptor(environ, 'tsgi.signal')).toHaveProperty('value', 'mine');
    });
  });

  it('memoises, and gives copies the same objects', async () => {
    await look({ headers: [['X-A', '1']] }, (environ) => {
      const signal = environ['tsgi.signal'];
      expect(environ['tsgi.signal']).toBe(signal);
      expect({ ...environ }['tsgi.signal']).toBe(signal);
      expect((Object.create(environ) as Environ)['tsgi.signal']).toBe(signal);
      const copy = Object.create(null, Object.getOwnPropertyDescriptors(environ)) as Environ;
      expect(() => copy['tsgi.signal']).toThrow(TypeError);
      expect(environ['tsgi.raw_headers']).toBe(environ['tsgi.raw_headers']);
      expect(environ['tsgi.raw_headers']).toEqual(['Host', 'localhost', 'X-A', '1']);
    });
  });

  it('leaves the method as it came', async () => {
    expect(await look({ method: 'pUrge' }, (environ) => environ.REQUEST_METHOD)).toBe('pUrge');
  });

  it.each([true, false])('tells threads (%s) from processes', async (multithread) => {
    const environ = await look({}, (all) => ({ ...all }), { multithread, multiprocess: !multithread });
    expect(environ).toMatchObject({ 'tsgi.multithread': multithread, 'tsgi.multiprocess': !multithread });
  });

  it('tells the scheme, and what the host can do', async () => {
    const options = { earlyHints: false, multithread: true, multiprocess: true };
    await look(
      { scheme: 'https' },
      (environ) => {
        expect(environ).toMatchObject({ 'tsgi.url_scheme': 'https', HTTPS: 'on', SERVER_PORT: '443' });
        expect(environ).toMatchObject({ 'tsgi.multithread': true, 'tsgi.multiprocess': true, 'tsgi.run_once': false });
        expect('tsgi.early_hints' in environ).toBe(false);
      },
      options,
    );
  });
});

describe('what is written down on both sides of the wall', () => {
  const header = (name: string): string => readFileSync(new URL(`../../native/${name}`, import.meta.url), 'utf8');

  it('environ keys are those of native/core/environ_keys.h', () => {
    const [, keys] = /define TSGI_ENVIRON_KEYS\(KEY\)([^]*?)\n\n/.exec(header('core/environ_keys.h')) ?? [];
    expect([...(keys ?? '').matchAll(/KEY\((\w+)\)/g)].map(([, name]) => name)).toEqual(ENVIRON_KEYS);
    expect(header('core/environ_keys.h')).toContain(`TSGI_ENVIRON_REQUIRED ${REQUIRED_KEYS}`);
    for (const name of HEADER_KEYS) {
      expect(header('core/environ_keys.h')).toContain(`KEY(${name}, `);
    }
  });

  it('statuses are those of native/include/tsgi/status.h', () => {
    const names = [...header('include/tsgi/status.h').matchAll(/TSGI_(\w+) = (-?\d+)/g)].map(([, name, value]) => [
      (name ?? '').toLowerCase().replaceAll('_', ''),
      Number(value),
    ]);
    expect(Object.entries(Status).map(([name, value]) => [name.toLowerCase(), value])).toEqual(names);
  });

  it('levels are those of native/include/tsgi/message.h', () => {
    const values = [...header('include/tsgi/message.h').matchAll(/TSGI_LEVEL_\w+ = (\d)/g)].map(([, value]) =>
      Number(value),
    );
    expect(Object.values(Level)).toEqual(values);
  });
});
