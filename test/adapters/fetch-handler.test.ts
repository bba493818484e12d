/** Fetch handlers as applications. */
import { describe, expect, it } from 'vitest';
import { fromFetchHandler, type FetchContext, type FetchFunction } from '../../src/adapters';
import { createMockHost, type MockRequest } from '../../src/testing';
import { until } from '../support/until';

const answer = async (handler: FetchFunction, request: MockRequest = {}) => {
  const host = createMockHost(fromFetchHandler(handler));
  const response = await host.request(request);
  await host.settled();
  expect([host.violations, host.faults]).toEqual([[], []]);
  return response;
};

describe('the request', () => {
  it('has method, URL and header fields', async () => {
    const { text } = await answer(
      (request) =>
        Response.json([request.method, request.url, request.headers.get('x-a'), request.headers.get('cookie')]),
      {
        method: 'DELETE',
        path: '/a%20b?c=d',
        headers: [
          ['Host', 'example.org:8080'],
          ['X-A', '1'],
          ['X-A', '2'],
          ['Cookie', 'a=1'],
          ['Cookie', 'b=2'],
        ],
      },
    );
    expect(JSON.parse(text)).toEqual(['DELETE', 'http://example.org:8080/a%20b?c=d', '1, 2', 'a=1; b=2']);
  });

  it.each([
    [{ path: '/app/a?x', mount: '/app' }, 'http://localhost/a?x'],
    [{ path: '/app', mount: '/app' }, 'http://localhost/'],
    [{ headers: { Host: 'a b/c' } }, 'http://localhost/'],
    [{ scheme: 'https' as const, headers: { Host: 'secure' } }, 'https://secure/'],
  ])('has the URL of %o', async (request, url) => {
    expect((await answer(({ url: seen }) => new Response(seen), request)).text).toBe(url);
  });

  it('may keep the mount', async () => {
    const host = createMockHost(fromFetchHandler(({ url }) => new Response(url), { stripMount: false }));
    expect((await host.request({ path: '/app/a', mount: '/app' })).text).toBe('http://localhost/app/a');
  });

  it('is a Request, also to Node', async () => {
    const { text } = await answer(
      async (request) => {
        const copy = new Request(request, { headers: { 'x-new': 'yes' } });
        return Response.json([request instanceof Request, copy.method, copy.headers.get('x-new'), await copy.text()]);
      },
      { method: 'PUT', body: 'sent' },
    );
    expect(JSON.parse(text)).toEqual([true, 'PUT', 'yes', 'sent']);
  });

  it.each(['text', 'json', 'arrayBuffer', 'blob', 'clone', 'stream'] as const)('gives its body by %s', async (way) => {
    const { text } = await answer(
      async (request) => {
        switch (way) {
          case 'clone':
            return new Response(`${await request.clone().text()} ${request.bodyUsed}`);
          case 'stream':
            return new Response(request.body);
          case 'json':
            return Response.json(await request.json());
          default:
            return new Response((await request[way]()) as string);
        }
      },
      { method: 'POST', body: ['{"a"', ':1}'], streamed: true },
    );
    expect(text).toBe(way === 'clone' ? '{"a":1} false' : '{"a":1}');
  });

  it('has no body where there is none', async () => {
    expect((await answer((request) => new Response(String(request.body)))).text).toBe('null');
    expect((await answer((request) => new Response(String(request.body)), { method: 'POST' })).text).toBe('null');
  });

  it('has a signal that fires when the client leaves', async () => {
    let reason: unknown;
    const host = createMockHost(
      fromFetchHandler(
        (request) =>
          new Promise((_resolve, reject) => {
            request.signal.addEventListener('abort', () => {
              reason = request.signal.reason;
              reject(reason as Error);
            });
          }),
      ),
    );
    const exchange = host.open();
    await new Promise((resolve) => setImmediate(resolve));
    exchange.abort();
    await until('the signal', () => reason !== undefined);
    expect((reason as { code?: string }).code).toBe('TSGI_CLIENT_GONE');
  });

  it('comes with environ', async () => {
    const { text } = await answer((_request, { environ }) => new Response(environ.REMOTE_ADDR ?? null));
    expect(text).toBe('127.0.0.1');
  });
});

describe('the response', () => {
  it('has its status, its fields, and each cookie as a field', async () => {
    const response = await answer(() => {
      const headers = new Headers({ 'X-A': '1', Connection: 'close' });
      headers.append('Set-Cookie', 'a=1');
      headers.append('Set-Cookie', 'b=2');
      return new Response('made', { status: 201, statusText: 'Made', headers });
    });
    expect([response.status, response.reason, response.text, response.contentLength]).toEqual([201, 'Made', 'made', 4]);
    expect(response.headers).toEqual([
      ['content-type', 'text/plain;charset=UTF-8'],
      ['x-a', '1'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
  });

  it.each([
    ['nothing', () => new Response(null), 0],
    ['no content', () => new Response(null, { status: 204 }), undefined],
    ['bytes', () => new Response(new Uint8Array([1, 2, 3])), 3],
    ['form fields', () => new Response(new URLSearchParams({ a: '1' })), 3],
  ] as const)('is as long as it is: %s', async (_name, make, length) => {
    const response = await answer(() => make());
    expect([response.complete, response.contentLength]).toEqual([true, length]);
  });

  it('streams, and is cancelled when the client leaves', async () => {
    let cancelled = false;
    const stream = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setImmediate(resolve));
        controller.enqueue(new TextEncoder().encode('tick '));
      },
      cancel() {
        cancelled = true;
      },
    });
    const host = createMockHost(fromFetchHandler({ fetch: () => new Response(stream) }));
    const exchange = host.open();
    await exchange.receivedAtLeast(10);
    exchange.abort();
    await until('the cancellation', () => cancelled);
  });

  it('that is none is a failure, and so is an exception', async () => {
    for (const handler of [() => 'text' as never, () => Promise.reject(new Error('on purpose'))]) {
      const response = await createMockHost(fromFetchHandler(handler)).request();
      expect([response.status, response.page, response.log.length]).toEqual([500, true, 1]);
    }
  });
});

describe('waitUntil', () => {
  it('keeps the exchange unsettled until the promise has settled, and logs a rejection', async () => {
    let release = (): void => undefined;
    let context: FetchContext | undefined;
    const host = createMockHost(
      fromFetchHandler((_request, _env, given) => {
        context = given;
        given.waitUntil(new Promise<void>((resolve) => (release = resolve)));
        given.waitUntil(Promise.reject(new Error('on purpose')));
        return new Response('x');
      }),
    );
    const response = await host.request();
    await until('the log', () => host.records.some(({ text }) => text.includes('on purpose')));
    expect([response.text, host.live, host.unsettled > 0]).toEqual(['x', 0, true]);
    release();
    await host.settled();
    expect(context?.passThroughOnException()).toBeUndefined();
  });
});

it('replaces no globals', async () => {
  const before = [globalThis.Request, globalThis.Response, globalThis.Headers, globalThis.fetch];
  await answer(() => new Response('x'));
  expect([globalThis.Request, globalThis.Response, globalThis.Headers, globalThis.fetch]).toEqual(before);
});
