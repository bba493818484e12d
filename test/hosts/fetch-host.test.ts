/** Applications as fetch handlers. */
import { describe, expect, it } from 'vitest';
import { lint, type Application, type Chunk } from '../../src';
import { toFetchHandler, type HostLogRecord, type HostOptions } from '../../src/hosts';
import { until } from '../support/until';

/** A handler, with the validator around the application, and its log. */
function handlerOf(application: Application, options: HostOptions = {}) {
  const log: HostLogRecord[] = [];
  const violations: string[] = [];
  const linted = lint(application, { onViolation: (error) => violations.push(error.message) });
  const handler = toFetchHandler(linted, { log: (record) => log.push(record), ...options });
  return { handler, log, violations };
}

const dump: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  return [
    JSON.stringify(environ, (_key, value: unknown) =>
      typeof value === 'object' && !Array.isArray(value) && value !== environ ? null : value,
    ),
  ];
};

describe('environ', () => {
  it('is what the request says', async () => {
    const { handler, violations } = handlerOf(dump, { mount: '/app', environ: { REMOTE_ADDR: '192.0.2.1' } });
    const request = new Request('https://example.org:8443/app/a%20b?c=d', {
      headers: { 'X-A': '1', Cookie: 'a=1', Authorization: 'Basic eA==', 'Proxy-Thing': 'p' },
    });
    expect(await (await handler(request)).json()).toMatchObject({
      ...{ REQUEST_METHOD: 'GET', SCRIPT_NAME: '/app', PATH_INFO: '/a b', QUERY_STRING: 'c=d' },
      ...{ REQUEST_URI: '/app/a%20b?c=d', SERVER_NAME: 'example.org', SERVER_PORT: '8443', HTTPS: 'on' },
      ...{ HTTP_HOST: 'example.org:8443', HTTP_X_A: '1', HTTP_AUTHORIZATION: 'Basic eA==', REMOTE_ADDR: '192.0.2.1' },
    });
    expect((await handler(new Request('https://example.org/application'))).status).toBe(404);
    expect(violations).toEqual([]);
  });

  it('hides what it is told to hide', async () => {
    const { handler } = handlerOf(dump, { hideAuthorization: true, mapHeadToGet: true });
    const request = new Request('http://localhost/', { headers: { Authorization: 'Basic eA==' } });
    expect(await (await handler(request)).text()).not.toMatch(/eA==/);
  });
});

describe('the body of the request', () => {
  it('arrives as it is read', async () => {
    const { handler } = handlerOf(async (environ, startResponse) => {
      const body = await environ['tsgi.input'].read();
      startResponse('200 OK', []);
      return [body];
    });
    const body = 'x'.repeat(700_000);
    expect(await (await handler(new Request('http://localhost/', { method: 'POST', body }))).text()).toBe(body);
  });

  it('has a limit', async () => {
    const { handler } = handlerOf(
      async (environ, startResponse) => {
        const error = await environ['tsgi.input'].read().catch((reason: unknown) => reason as { status?: number });
        startResponse('200 OK', []);
        return [String((error as { status?: number }).status)];
      },
      { bodyLimit: 3 },
    );
    expect(await (await handler(new Request('http://localhost/', { method: 'POST', body: 'four' }))).text()).toBe(
      '413',
    );
  });
});

describe('the response', () => {
  const answers =
    (status: string, headers: [string, string][], body: Iterable<Chunk>): Application =>
    (_environ, startResponse) => (startResponse(status, headers), body);

  it('has status, reason, fields and length', async () => {
    const { handler } = handlerOf(
      answers(
        '201 Made',
        [
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ],
        ['caf\u00e9'],
      ),
    );
    const response = await handler(new Request('http://localhost/'));
    expect([response.status, response.statusText, response.headers.getSetCookie()]).toEqual([
      201,
      'Made',
      ['a=1', 'b=2'],
    ]);
    expect([response.headers.get('content-length'), await response.text()]).toEqual(['5', 'caf\u00e9']);
  });

  it.each(['204 No Content', '304 Not Modified'])('%s has no body', async (status) => {
    const { handler, violations } = handlerOf(answers(status, [], ['dropped']));
    const response = await handler(new Request('http://localhost/'));
    expect([response.status, response.body, violations]).toEqual([Number(status.slice(0, 3)), null, []]);
  });

  it('to HEAD has no body', async () => {
    const { handler } = handlerOf(answers('200 OK', [], ['dropped']));
    const response = await handler(new Request('http://localhost/', { method: 'HEAD' }));
    expect([response.body, response.headers.get('content-length')]).toEqual([null, '7']);
  });

  it('streams no faster than it is read', async () => {
    let made = 0;
    const { handler } = handlerOf(
      function* (_environ, startResponse) {
        startResponse('200 OK', []);
        for (; made < 100; made++) {
          yield Buffer.alloc(1024, 'x');
        }
      },
      { window: 4096 },
    );
    const response = await handler(new Request('http://localhost/'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(made).toBeLessThan(10);
    expect((await response.arrayBuffer()).byteLength).toBe(100 * 1024);
  });

  it('before the commit is the page for 500, and after it breaks off', async () => {
    const { handler, log } = handlerOf(function* (environ, startResponse) {
      startResponse('200 OK', []);
      if (environ.PATH_INFO === '/late') {
        yield 'a';
      }
      throw new Error('the secret');
    });
    const early = await handler(new Request('http://localhost/early'));
    expect([early.status, await early.text()]).toEqual([500, '500 Internal Server Error\n']);
    const late = await handler(new Request('http://localhost/late'));
    await expect(late.text()).rejects.toThrow('broke off');
    expect(log.map(({ level, text }) => [level, text.includes('the secret')])).toEqual([
      ['error', true],
      ['error', true],
    ]);
  });

  it('that nobody waits for is a client gone', async () => {
    const reasons: string[] = [];
    const { handler } = handlerOf(async function* (environ, startResponse) {
      environ['tsgi.on_finish']?.((reason) => reasons.push(reason));
      startResponse('200 OK', []);
      for (;;) {
        yield 'x';
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const response = await handler(new Request('http://localhost/'));
    await response.body?.cancel();
    await until('the first', () => reasons.length === 1);
    const controller = new AbortController();
    await handler(new Request('http://localhost/', { signal: controller.signal }));
    controller.abort();
    await until('the second', () => reasons.length === 2);
    expect(reasons).toEqual(['client_gone', 'client_gone']);
  });
});

it('awaits init and close of a module', async () => {
  const events: string[] = [];
  const handler = toFetchHandler({
    init: () => void events.push('init'),
    application: dump,
    close: () => void events.push('close'),
  });
  expect((await handler(new Request('http://localhost/'))).status).toBe(200);
  await handler.close();
  await handler.close();
  expect(events).toEqual(['init', 'close']);
  expect(() => toFetchHandler(undefined as never)).toThrow('an application is a function');
  expect(() => toFetchHandler(dump, { mount: 'app' })).toThrow('must begin with a slash');
});
