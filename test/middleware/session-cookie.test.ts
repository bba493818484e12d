import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lint } from '../../src/index';
import { memoryStore, sessions, type SessionsOptions } from '../../src/middleware/index';
import type { MockRequest } from '../../src/testing/index';
import { browse, count, pass, SECRET, step, ToldStore } from './browser';
import { fieldsOf } from './served';

const OTHER = 'o'.repeat(32);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the cookie', () => {
  test('is Secure over TLS, lies at the mount, and is what was asked for', async () => {
    const set = async (cookie: SessionsOptions['cookie'], request: MockRequest = {}) => {
      const browser = browse(step(count), cookie === undefined ? {} : { cookie }, request);
      await browser.ask();
      return (browser.set ?? '').replace(/=[\w-]{43}\.[\w-]{43}/, '');
    };
    const tls = { scheme: 'https' } as const;
    expect(await set(undefined, tls)).toBe('session; Path=/; HttpOnly; Secure; SameSite=Lax');
    expect(await set(undefined, { path: '/shop%20x', mount: '/shop x' })).toContain('; Path=/shop%20x;');
    expect(await set({ secure: false }, tls)).not.toContain('Secure');
    expect(await set({ secure: true, sameSite: 'none' })).toContain('Secure; SameSite=None');
    expect(await set({ name: 'sid', path: '/x', domain: 'example.com', sameSite: 'strict' })).toBe(
      'sid; Domain=example.com; Path=/x; HttpOnly; SameSite=Strict',
    );
    expect(await set({ name: '__Host-s' }, { path: '/app', mount: '/app' })).toBe(
      '__Host-s; Path=/; HttpOnly; Secure; SameSite=Lax',
    );
  });

  test('that is persistent lives as long as the session, and rolls with it', async () => {
    let act = count;
    const kept = browse(
      step((environ) => act(environ)),
      { cookie: { persistent: true }, idle: 100, absolute: 150 },
    );
    await kept.ask();
    expect(kept.set).toContain('Max-Age=100;');
    act = () => undefined;
    pass(90);
    await kept.ask();
    expect(kept.set).toContain('Max-Age=60;');
  });

  test.each<[string, (genuine: string) => string]>([
    ['another id', (genuine) => genuine.replace(/=.{43}/, `=${'A'.repeat(43)}`)],
    ['another signature', (genuine) => genuine.replace(/.{43}$/, 'A'.repeat(43))],
    ['no signature', (genuine) => genuine.replace(/\..*/, '')],
    ['nothing', () => 'session='],
    ['broken escapes', () => 'session=%%%'],
  ])('with %s is nobody’s, and the store is not asked', async (_name, forge) => {
    const store = new ToldStore();
    const browser = browse(step(count), { store });
    await browser.ask();
    store.calls.length = 0;
    const response = await browser.ask({ headers: { Cookie: forge(browser.cookie ?? '') } });
    expect(response.text).toBe('{"n":1}');
    expect(store.calls).toEqual(['create']);
  });

  test('of a session that the store does not know gets another id', async () => {
    const browser = browse(step(count));
    await browser.ask();
    const elsewhere = browse(step(count));
    elsewhere.cookie = browser.cookie;
    await elsewhere.ask();
    expect(elsewhere.set).toBeDefined();
    expect(elsewhere.cookie).not.toBe(browser.cookie);
  });

  test('of an older secret is accepted and signed anew', async () => {
    const store = memoryStore();
    const before = browse(step(count), { store, secret: OTHER });
    await before.ask();
    const after = browse(step(count), { store, secret: [SECRET, OTHER] });
    after.cookie = before.cookie;
    expect((await after.ask()).text).toBe('{"n":2}');
    const now = browse(step(count), { store, secret: SECRET });
    now.cookie = after.cookie;
    expect((await now.ask()).text).toBe('{"n":3}');
    now.cookie = before.cookie;
    expect((await now.ask()).text).toBe('{"n":1}');
  });

  test('keeps shared caches away, unless the application says something of them', async () => {
    const browser = browse(step(count));
    expect(fieldsOf(await browser.ask(), 'cache-control')).toEqual(['private']);
    const own = browse(
      lint((environ, startResponse) => {
        void count(environ);
        startResponse('200 OK', [['cache-control', 'no-store']]);
        return [];
      }),
    );
    expect(fieldsOf(await own.ask(), 'cache-control')).toEqual(['no-store']);
  });

  test.each<[string, Partial<SessionsOptions>]>([
    ['a short secret', { secret: 'short' }],
    ['no secret', { secret: [] }],
    ['a name that is none', { cookie: { name: 'a b' } }],
    ['a domain that is none', { cookie: { domain: 'a;b' } }],
    ['no idle time', { idle: 0 }],
    ['an absolute time that is none', { absolute: NaN }],
  ])('%s is refused at once', (_name, options) => {
    expect(() => sessions(step(count), { store: memoryStore(), secret: SECRET, ...options })).toThrow(TypeError);
  });
});
