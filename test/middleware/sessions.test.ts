import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lint, type Application, type Body } from '../../src/index';
import { memoryStore, sessionOf, sessions } from '../../src/middleware/index';
import { run } from '../spec/host';
import { browse, count, pass, SECRET, step, ToldStore, type Visits } from './browser';
import { fieldsOf } from './served';

const DAY = 86_400;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a session', () => {
  test('goes from request to request', async () => {
    const browser = browse(step(count));
    expect((await browser.ask()).text).toBe('{"n":1}');
    expect(browser.set).toMatch(/^session=[\w-]{43}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await browser.ask()).text).toBe('{"n":2}');
    expect(browser.set).toBeUndefined();
    expect((await browser.ask()).text).toBe('{"n":3}');
  });

  test('does not begin before there is something in it', async () => {
    const store = new ToldStore();
    const browser = browse(
      step((environ) => void sessionOf(environ).data),
      { store },
    );
    const response = await browser.ask();
    expect(fieldsOf(response, 'set-cookie')).toEqual([]);
    expect(fieldsOf(response, 'vary')).toEqual(['Cookie']);
    expect(store.calls).toEqual([]);
  });

  test('is not known outside of sessions()', async () => {
    const outcome = await run(step(count));
    expect(String(outcome.error)).toContain('not inside of sessions()');
  });

  test('that nobody looks at changes nothing in the response, and the store is not asked without a cookie', async () => {
    const store = new ToldStore();
    const page: Application = lint((_environ, startResponse) => {
      startResponse('200 OK', []);
      return ['page'];
    });
    const browser = browse(page, { store });
    expect((await browser.ask()).headers).toEqual([]);
    expect(store.calls).toEqual([]);
  });

  test('is saved when it was changed alone; else it is touched, if it rolls', async () => {
    const store = new ToldStore();
    let act = count;
    const browser = browse(
      step((environ) => act(environ)),
      { store },
    );
    await browser.ask();
    act = () => undefined;
    await browser.ask();
    act = (environ) => {
      sessionOf<Visits>(environ).data = { n: 1 }; // as it was
    };
    await browser.ask();
    expect(store.calls).toEqual(['create', 'get', 'touch', 'get', 'touch']);
  });

  test('is not touched where it does not roll', async () => {
    const store = new ToldStore();
    let act = count;
    const browser = browse(
      step((environ) => act(environ)),
      { store, rolling: false, idle: 100 },
    );
    await browser.ask();
    act = () => undefined;
    pass(60);
    expect((await browser.ask()).text).toBe('{"n":1}');
    pass(60);
    expect((await browser.ask()).text).toBe('{}');
    expect(store.calls).toEqual(['create', 'get', 'get']);
  });

  test('holds an object', async () => {
    const outcome = await run(
      sessions(
        step((environ) => {
          sessionOf(environ).data = ['no'] as unknown as Record<string, unknown>;
        }),
        { store: memoryStore(), secret: SECRET },
      ),
    );
    expect(outcome.error).toBeInstanceOf(TypeError);
  });
});

describe('the life of a session', () => {
  test('ends when it is not used', async () => {
    const browser = browse(step(count), { idle: 100, absolute: 1000 });
    await browser.ask();
    pass(99);
    expect((await browser.ask()).text).toBe('{"n":2}');
    pass(99);
    expect((await browser.ask()).text).toBe('{"n":3}');
    pass(101);
    const before = browser.cookie;
    expect((await browser.ask()).text).toBe('{"n":1}');
    expect(browser.cookie).not.toBe(before);
  });

  test('ends however much it is used', async () => {
    const browser = browse(step(count), { idle: 100, absolute: 250 });
    for (const n of [1, 2, 3, 4, 5]) {
      expect((await browser.ask()).text).toBe(`{"n":${n}}`);
      pass(50);
    }
    expect((await browser.ask()).text).toBe('{"n":1}');
  });

  test('that was destroyed is over, and its cookie is taken away', async () => {
    const store = new ToldStore();
    let act = count;
    const browser = browse(
      step((environ) => act(environ)),
      { store },
    );
    await browser.ask();
    const kept = browser.cookie;
    act = (environ) => sessionOf(environ).destroy();
    expect((await browser.ask()).text).toBe('{}');
    expect(browser.set).toBe('session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax');
    expect(store.calls).toEqual(['create', 'get', 'delete']);
    act = () => undefined;
    browser.cookie = kept;
    expect((await browser.ask()).text).toBe('{}');
  });

  test('that was destroyed during another request is not brought back by it', async () => {
    const store = new ToldStore();
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow = browse(
      step(async (environ) => {
        count(environ);
        await gate;
      }),
      { store },
    );
    const other = browse(
      step((environ) => sessionOf(environ).destroy()),
      { store },
    );
    const looking = browse(
      step(() => undefined),
      { store },
    );
    const first = browse(step(count), { store });
    await first.ask();
    slow.cookie = other.cookie = looking.cookie = first.cookie;
    const answer = slow.ask();
    await vi.waitUntil(() => store.calls.at(-1) === 'get');
    await other.ask();
    release();
    expect((await answer).text).toBe('{"n":2}');
    expect((await looking.ask()).text).toBe('{}');
  });

  test('goes on under another id when it is regenerated', async () => {
    let act = count;
    const browser = browse(
      step((environ) => act(environ)),
      { absolute: 100 },
    );
    await browser.ask();
    const before = browser.cookie ?? '';
    act = (environ) => {
      sessionOf(environ).regenerate();
      count(environ);
    };
    pass(60);
    expect((await browser.ask()).text).toBe('{"n":2}');
    expect(browser.cookie).not.toBe(before);
    act = () => undefined;
    expect((await browser.ask({ headers: { Cookie: before } })).text).toBe('{}');
  });

  test('keeps its new id for a whole life', async () => {
    let act = count;
    const browser = browse(
      step((environ) => act(environ)),
      { absolute: 100 },
    );
    await browser.ask();
    act = (environ) => sessionOf(environ).regenerate();
    pass(60);
    await browser.ask();
    act = () => undefined;
    pass(60);
    expect((await browser.ask()).text).toBe('{"n":1}');
  });
});

describe('what is wrong', () => {
  test('a store that fails', async () => {
    const store = new ToldStore();
    store.fails = true;
    let closed = 0;
    const body = (): Body => Object.assign(['x'], { close: () => void closed++ });
    const outcome = await run(
      sessions(
        lint((environ, startResponse) => {
          void count(environ);
          startResponse('200 OK', []);
          return body();
        }),
        { store, secret: SECRET },
      ),
    );
    expect(String(outcome.error)).toContain('the store is down');
    expect(outcome).toMatchObject({ reset: false, chunks: [], violations: [] });
    expect(closed).toBe(1);
  });

  test('a store that has something else', async () => {
    for (const text of ['', 'x', '{}', '{"created":"x"}', 'null']) {
      const store = { ...memoryStore(), get: () => text };
      const browser = browse(step(count), { store });
      await browser.ask();
      expect((await browser.ask()).text, text).toBe('{"n":1}');
    }
  });

  test('an application that fails saves nothing', async () => {
    const store = new ToldStore();
    const outcome = await run(
      sessions(
        step((environ) => {
          void count(environ);
          throw new Error('failed');
        }),
        { store, secret: SECRET },
      ),
    );
    expect(String(outcome.error)).toContain('failed');
    expect(store.calls).toEqual([]);
  });

  test('memory, where others run the application too, is warned of once', async () => {
    const application = sessions(step(count), { store: memoryStore(), secret: SECRET });
    const log = async (environ: Record<string, unknown>) => (await run(application, { environ })).log;
    expect(await log({})).toBe('');
    expect(await log({ 'tsgi.multiprocess': true })).toContain('one thread');
    expect(await log({ 'tsgi.multithread': true })).toBe('');
    const shared = sessions(step(count), { store: new ToldStore(), secret: SECRET });
    expect((await run(shared, { environ: { 'tsgi.multithread': true } })).log).toBe('');
  });
});

test('the default times are a day and a fortnight', async () => {
  const browser = browse(step(count));
  await browser.ask();
  for (let day = 0; day < 14; day++) {
    pass(DAY - 60);
    expect((await browser.ask()).text).toBe(`{"n":${day + 2}}`);
  }
  pass(DAY - 60);
  expect((await browser.ask()).text).toBe('{"n":1}');
});
