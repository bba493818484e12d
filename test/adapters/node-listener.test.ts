/** What a listener of node:http gets of TSGI beyond what Node's own server gives. */
import { execFileSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, IncomingMessage, type ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { environOf, fromNodeListener, type NodeListener } from '../../src/adapters';
import { createMockHost, type MockRequest } from '../../src/testing';
import { until } from '../support/until';

async function tell(
  listener: (req: IncomingMessage, res: ServerResponse) => unknown,
  request: MockRequest = {},
  options: Parameters<typeof fromNodeListener>[1] = {},
): Promise<unknown> {
  const host = createMockHost(fromNodeListener((req, res) => res.end(JSON.stringify(listener(req, res))), options));
  const response = await host.request(request);
  expect([response.status, host.violations, host.faults]).toEqual([200, [], []]);
  return JSON.parse(response.text);
}

type Mounted = IncomingMessage & { baseUrl?: string; originalUrl?: string };
const urls = (req: Mounted): unknown => [req.url, req.baseUrl, req.originalUrl];

describe('req.url', () => {
  it.each<[MockRequest, unknown, unknown]>([
    [{ path: '/a%20b?x=%2F' }, '/a%20b?x=%2F', '/a%20b?x=%2F'],
    [{ path: '/app/a?x', mount: '/app' }, '/a?x', '/app/a?x'],
    [{ path: '/app', mount: '/app' }, '/', '/app'],
    [{ path: '/app?x', mount: '/app' }, '/?x', '/app?x'],
    [{ path: '/%61pp/caf%C3%A9', mount: '/app' }, '/caf%C3%A9', '/%61pp/caf%C3%A9'],
    [{ path: '/old?x', effectivePath: '/app/new name', mount: '/app' }, '/new%20name?x', '/app/new%20name?x'],
    [{ path: 'http://localhost/a?b' }, '/a?b', '/a?b'],
  ])('%o', async (request, stripped, whole) => {
    const mounted = request.mount !== undefined;
    expect(await tell(urls, request)).toEqual(mounted ? [stripped, '/app', whole] : [whole, null, null]);
    expect(await tell(urls, request, { stripMount: false })).toEqual([whole, null, null]);
  });
});

describe('the request', () => {
  it('is HTTP/1.1 whatever came above it', async () => {
    expect(await tell((req) => [req.httpVersion, req.httpVersionMajor], { protocol: 'HTTP/2.0' })).toEqual(['1.1', 1]);
  });

  it('says that there is a body where HTTP/2 says it by frames', async () => {
    const codings = (req: IncomingMessage): unknown => [
      req.headers['transfer-encoding'],
      req.headers['content-length'],
    ];
    const http2 = { protocol: 'HTTP/2.0', headers: { Host: 'h', 'transfer-encoding': 'chunked' } };
    const host = createMockHost(fromNodeListener((req, res) => res.end(JSON.stringify(codings(req)))));
    expect((await host.request({ ...http2, method: 'POST', body: ['x'] })).text).toBe('["chunked",null]');
    expect(await tell(codings, { protocol: 'HTTP/2.0', params: { CONTENT_LENGTH: '3' } })).toEqual([null, '3']);
    expect(await tell(codings, { protocol: 'HTTP/2.0' })).toEqual([null, null]);
    expect(await tell(codings, { protocol: 'HTTP/2.0', method: 'POST' })).toEqual(['chunked', null]);
  });

  it('leads to environ', async () => {
    expect(await tell((req) => environOf(req)?.['X_SET'], { params: { X_SET: 'by the administrator' } })).toBe(
      'by the administrator',
    );
    expect(environOf(new IncomingMessage(undefined as never))).toBeUndefined();
  });

  it('passes the status of a body that is too large on', async () => {
    const host = createMockHost(
      fromNodeListener((req, res) => {
        req.on('data', () => undefined);
        req.on('error', (error: Error & { status?: number }) => {
          res.writeHead(error.status ?? 500).end('too large');
        });
      }),
    );
    const response = await host.request({ method: 'POST', body: ['abc'], bodyEnd: 413 });
    expect([response.status, response.text]).toEqual([413, 'too large']);
  });

  it('is not read before the application reads', async () => {
    const host = createMockHost(fromNodeListener((_req, res) => setImmediate(() => res.end('no'))));
    const exchange = host.open({ method: 'POST', streamed: true, bodyOpen: true });
    expect((await exchange.response).text).toBe('no');
    expect(exchange.wanted).toBe(0);
  });
});

describe('the socket', () => {
  it('of a plain connection has no TLS about it', async () => {
    const facts = (req: IncomingMessage): unknown => {
      const socket = req.socket as TLSSocket;
      return [socket.remotePort, socket.localPort, socket.address(), 'getPeerCertificate' in socket, socket.encrypted];
    };
    expect(await tell(facts)).toEqual([50000, 80, { address: '127.0.0.1', family: 'IPv4', port: 80 }, false, null]);
  });

  it('tells the facts of TLS and of the client certificate', async () => {
    const facts = (req: IncomingMessage): unknown => {
      const socket = req.socket as TLSSocket;
      const certificate = socket.getPeerCertificate();
      return [socket.encrypted, socket.authorized, socket.getProtocol(), socket.getCipher().name, certificate.subject];
    };
    const params = {
      SSL_CLIENT_VERIFY: 'SUCCESS',
      SSL_PROTOCOL: 'TLSv1.3',
      SSL_CIPHER: 'TLS_AES_256_GCM_SHA384',
      SSL_CLIENT_S_DN: 'CN=somebody,O=Some\\, Company',
    };
    const told = [true, true, 'TLSv1.3', 'TLS_AES_256_GCM_SHA384'];
    const subject = { CN: 'somebody', O: 'Some, Company' };
    expect(await tell(facts, { scheme: 'https', params })).toEqual([...told, subject]);
    const pem = execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=whole', '-keyout', '/dev/null'],
      { stdio: 'pipe' },
    ).toString();
    expect(await tell(facts, { scheme: 'https', params: { ...params, SSL_CLIENT_CERT: pem } })).toEqual([
      ...told,
      { CN: 'whole' },
    ]);
  });
});

describe('the response', () => {
  it('that ends in one piece has a length, and its body is an array', () => {
    const application = fromNodeListener((_req, res) => res.writeHead(200).end('hello'));
    const environ = {
      ...{ REQUEST_METHOD: 'GET', SCRIPT_NAME: '', PATH_INFO: '/', QUERY_STRING: '', REQUEST_URI: '/' },
      ...{ SERVER_PROTOCOL: 'HTTP/1.1', SERVER_NAME: 'x', SERVER_PORT: '80', 'tsgi.url_scheme': 'http' },
    };
    const heads: unknown[] = [];
    const body = application(environ as never, (...head) => {
      heads.push(head);
      return () => undefined;
    });
    expect([heads, body]).toEqual([[['200 OK', []]], ['hello']]);
  });

  it('sends early hints', async () => {
    const host = createMockHost(
      fromNodeListener((_req, res) => {
        res.writeEarlyHints({ link: '</a.css>; rel=preload' });
        res.writeContinue();
        res.writeProcessing();
        res.end('x');
      }),
    );
    const response = await host.request();
    expect([response.text, response.informs]).toEqual([
      'x',
      [{ status: 103, headers: [[expect.stringMatching(/^link$/i), '</a.css>; rel=preload']] }],
    ]);
    const without = createMockHost(
      fromNodeListener((_req, res) => (res.writeEarlyHints({ link: '</a>; rel=x' }), res.end())),
      {
        earlyHints: false,
      },
    );
    expect((await without.request()).status).toBe(200);
  });

  it('holds a writer that waits for drain back to the window', async () => {
    const window = 64 * 1024;
    let written = 0;
    const host = createMockHost(
      fromNodeListener((_req, res) => {
        const more = (): void => {
          while (written < 50) {
            written++;
            if (!res.write(Buffer.alloc(window))) {
              res.once('drain', more);
              return;
            }
          }
          res.end();
        };
        more();
      }),
      { window },
    );
    const exchange = host.open({ credit: 'manual' });
    await exchange.receivedAtLeast(window);
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBeLessThan(5);
    exchange.resume();
    expect((await exchange.response).body.length).toBe(50 * window);
  });

  it('that throws is the server’s page, and what it throws is logged', async () => {
    const host = createMockHost(
      fromNodeListener(() => {
        throw new Error('thrown on purpose');
      }),
    );
    const response = await host.request();
    expect([response.status, response.page]).toEqual([500, true]);
    expect(response.log.map(({ text }) => text).join()).toContain('thrown on purpose');
  });

  it('that throws is closed, for those who listen', async () => {
    const events: string[] = [];
    const host = createMockHost(
      fromNodeListener((_req, res) => {
        res.on('finish', () => events.push('finish'));
        res.on('close', () => events.push('close'));
        res.write('lost');
        throw new Error('thrown on purpose');
      }),
    );
    expect((await host.request()).status).toBe(500);
    await until('close', () => events.length > 0);
    expect(events).toEqual(['close']);
  });

  it('that is complete when its listener rejects stays so, and the error is logged', async () => {
    const host = createMockHost(
      fromNodeListener(async (_req, res) => {
        res.end('complete');
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('rejected on purpose');
      }),
    );
    expect((await host.request()).text).toBe('complete');
    await until('the record', () => host.records.some(({ text }) => text.includes('rejected on purpose')));
  });

  it('of a listener that rejects is broken off', async () => {
    const rejects: NodeListener = async (_req, res) => {
      res.write('a');
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('rejected on purpose');
    };
    const response = await createMockHost(fromNodeListener(rejects)).request();
    expect([response.complete, response.log.map(({ text }) => text).join()]).toEqual([
      false,
      expect.stringContaining('rejected on purpose'),
    ]);
  });

  it('with more than it has declared is cut, and finishes', async () => {
    const events: string[] = [];
    const host = createMockHost(
      fromNodeListener((_req, res) => {
        res.on('finish', () => events.push('finish'));
        res.on('close', () => events.push('close'));
        res.writeHead(200, { 'Content-Length': 2 });
        res.write('abc');
        setImmediate(() => res.end('def'));
      }),
      { lint: false },
    );
    const response = await host.request();
    await until('close', () => events.includes('close'));
    expect([response.text, response.complete, events]).toEqual(['ab', true, ['finish', 'close']]);
  });

  it.each(['at once', 'after its head'])('is told of a client that leaves a large one sent %s', async (when) => {
    const events: string[] = [];
    const host = createMockHost(
      fromNodeListener((_req, res) => {
        res.on('finish', () => events.push('finish'));
        res.on('close', () => events.push('close'));
        if (when === 'after its head') {
          res.flushHeaders();
        }
        res.end(Buffer.alloc(1_000_000));
      }),
    );
    const exchange = host.open({ credit: 'manual' });
    await exchange.receivedAtLeast(1);
    exchange.abort();
    await until('close', () => events.includes('close'));
    expect(events).toEqual(['close']);
  });
});

describe('a listener whose client has left', () => {
  const answers: Record<string, (res: ServerResponse) => unknown> = {
    'writeHead and end': (res) => res.writeHead(500, { 'Content-Type': 'text/plain' }).end('late'),
    end: (res) => res.end('late'),
    write: (res) => res.write('late'),
    flushHeaders: (res) => res.flushHeaders(),
    writeEarlyHints: (res) => res.writeEarlyHints({ link: '</style.css>; rel=preload' }),
  };
  it.each(Object.entries(answers))('answers into the void: %s', async (_name, answer) => {
    for (const event of ['at once', 'close'] as const) {
      const seen: unknown[] = [];
      let called = false;
      const host = createMockHost(
        fromNodeListener((req, res) => {
          called = true;
          res.on('finish', () => seen.push('finish'));
          res.on('error', (error) => seen.push(error));
          const late = (): void => {
            try {
              answer(res);
              seen.push('answered');
            } catch (error) {
              seen.push(error);
            }
          };
          if (event === 'close') {
            res.on('close', late);
          } else {
            environOf(req)?.['tsgi.signal']?.addEventListener('abort', late);
          }
        }),
      );
      const exchange = host.open();
      await until('the call', () => called);
      exchange.abort();
      await host.settled();
      await until('the answer', () => seen.length > 0);
      expect([event, seen, host.violations, host.faults]).toEqual([event, ['answered'], [], []]);
    }
  });
});

describe('a server', () => {
  it('is called by its listeners, and its options hold', async () => {
    class Request extends IncomingMessage {
      get own(): string {
        return 'a class of its own';
      }
    }
    const server = createServer({
      IncomingMessage: Request as typeof IncomingMessage,
      joinDuplicateHeaders: true,
    } as never);
    const seen: unknown[] = [];
    server.on('request', (req) =>
      seen.push((req as Request).own, (req.socket as { server?: unknown }).server === server, req.headers['age']),
    );
    server.on('request', (_req, res) => res.end('second listener'));
    const host = createMockHost(fromNodeListener(server));
    const headers: [string, string][] = [
      ['Age', '1'],
      ['Age', '2'],
    ];
    expect((await host.request({ headers })).text).toBe('second listener');
    expect(seen).toEqual(['a class of its own', true, '1, 2']);
  });

  it('has its say about Expect', async () => {
    const server = createServer(() => undefined);
    server.on('checkContinue', (_req, res) => res.writeHead(200).end('continue'));
    server.on('checkExpectation', (_req, res) => res.writeHead(200).end('expectation'));
    const host = createMockHost(fromNodeListener(server));
    expect((await host.request({ headers: { Expect: '100-continue' } })).text).toBe('continue');
    expect((await host.request({ headers: { Expect: 'tea' } })).text).toBe('expectation');
  });

  it('tells those who watch', async () => {
    const seen: string[] = [];
    const names = ['http.server.request.start', 'http.server.response.finish'];
    const note = (_message: unknown, name: string | symbol): number => seen.push(String(name));
    names.forEach((name) => subscribe(name, note));
    await createMockHost(fromNodeListener((_req, res) => res.end('x'))).request();
    await until('both', () => seen.length === 2);
    names.forEach((name) => unsubscribe(name, note));
    expect(seen).toEqual(names);
  });
});

it('takes nothing but listeners', () => {
  expect(() => fromNodeListener({} as never)).toThrow('a listener is a function (req, res) or an http.Server, not');
});

it('leaves nothing behind: no listener, no timer, nothing unsettled', async () => {
  let last: IncomingMessage | undefined;
  const host = createMockHost(
    fromNodeListener((req, res) => {
      last = req;
      res.end('x');
    }),
  );
  for (let index = 0; index < 50; index++) {
    await host.request();
  }
  await host.settled();
  expect([host.live, host.unsettled, last?.destroyed, last?.socket.eventNames()]).toEqual([0, 0, true, []]);
});
