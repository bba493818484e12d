/** Small applications of the frameworks themselves, from npm: the same to a client under Node's server and under TSGI. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fromFetchHandler, fromNodeListener, type FetchFunction } from '../../src/adapters';
import { toNodeListener } from '../../src/hosts';
import { createMockHost } from '../../src/testing';
import { underNode, underTsgi, type PlainRequest } from './both';

const require = createRequire(import.meta.url);
const HERE = dirname(fileURLToPath(import.meta.url));
const JSON_BODY = [['Content-Type', 'application/json']] as const;

/* Express, Koa and connect bring no types of their own; what is used of them here is little. */
/* eslint-disable @typescript-eslint/no-explicit-any */

function expressApp(name: 'express' | 'express4'): RequestListener {
  const express: any = require(name);
  const app = express();
  app.set('env', 'test');
  app.use(express.json());
  app.use(express.urlencoded({ extended: false }));
  app.get('/', (req: any, res: any) => res.send(`hello ${req.ip} ${req.protocol} ${req.hostname} ${req.secure}`));
  app.get('/users/:id', (req: any, res: any) => res.json({ id: req.params.id, query: req.query, url: req.url }));
  app.post('/json', (req: any, res: any) => res.status(201).json(req.body));
  app.post('/form', (req: any, res: any) => res.json(req.body));
  app.get('/redirect', (_req: any, res: any) => res.redirect('/elsewhere'));
  app.get('/cookies', (_req: any, res: any) => res.cookie('a', '1').cookie('b', '2').send('baked'));
  app.get('/stream', (_req: any, res: any) => Readable.from(['one ', 'two ', 'three']).pipe(res));
  app.get('/empty', (_req: any, res: any) => res.sendStatus(204));
  app.get('/throws', () => {
    throw new Error('thrown on purpose');
  });
  app.use('/files', express.static(HERE));
  const sub = express.Router();
  sub.get('/where', (req: any, res: any) => res.json([req.url, req.baseUrl, req.originalUrl]));
  app.use('/sub', sub);
  app.use((error: Error, _req: any, res: any, _next: unknown) => res.status(500).json({ error: error.message }));
  return app as RequestListener;
}

const expressRequests: PlainRequest[] = [
  {},
  { path: '/users/7?a=1&b=2' },
  { path: '/users/caf%C3%A9' },
  { method: 'HEAD' },
  { method: 'POST', path: '/json', fields: JSON_BODY, body: '{"a":[1,2,3]}' },
  { method: 'POST', path: '/json', fields: JSON_BODY, body: '{broken' },
  { method: 'POST', path: '/form', fields: [['Content-Type', 'application/x-www-form-urlencoded']], body: 'a=1&b=2' },
  { path: '/redirect' },
  { path: '/cookies' },
  { path: '/stream' },
  { path: '/empty' },
  { path: '/throws' },
  { path: '/nowhere' },
  { method: 'OPTIONS', path: '/json' },
  { path: '/files/both.ts' },
  { path: '/files/both.ts', fields: [['Range', 'bytes=0-9']] },
  { path: '/files/both.ts', fields: [['Range', 'bytes=99999999-']] },
  { method: 'HEAD', path: '/files/both.ts' },
  { path: '/files/../../package.json' },
  { path: '/sub/where?x=1' },
];

describe.each(['express', 'express4'] as const)('%s', (name) => {
  it('answers as under Node', async () => {
    const app = expressApp(name);
    const wanted = await underNode(app, expressRequests);
    expect(await underTsgi(fromNodeListener(app), expressRequests)).toEqual(wanted);
    expect(wanted.map(({ status }) => status)).toEqual([
      ...[200, 200, 200, 200, 201, 500, 200, 302, 200, 200, 204, 500, 404, 200, 200, 206, 500, 200],
      ...[wanted[18]?.status, 200],
    ]);
  });

  it('answers below a mount as below app.use', async () => {
    const [view] = await underTsgi(fromNodeListener(expressApp(name)), [{ path: '/m/sub/where?x=1' }], { mount: '/m' });
    expect(view?.body).toBe('["/where?x=1","/m/sub","/m/sub/where?x=1"]');
    const folder = await underTsgi(fromNodeListener(expressApp(name)), [{ path: '/m/files' }], { mount: '/m' });
    expect([folder[0]?.status, folder[0]?.fields.find(([field]) => field === 'Location')?.[1]]).toEqual([
      301,
      '/m/files/',
    ]);
  });

  it('has an application of TSGI below app.use', async () => {
    const express: any = require(name);
    const inner = toNodeListener((environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']]);
      return [JSON.stringify([environ.SCRIPT_NAME, environ.PATH_INFO, environ.QUERY_STRING, environ.REQUEST_URI])];
    });
    const [view] = await underNode(express().use('/app', inner) as RequestListener, [{ path: '/app/a%20b?c' }]);
    expect(view?.body).toBe('["/app","/a b","c","/app/a%20b?c"]');
    await inner.close();
  });
});

describe('koa', () => {
  const Koa: any = require('koa');
  const app = new Koa();
  app.silent = true;
  app.use(async (context: any, next: () => Promise<void>) => {
    await next();
    context.set('X-After', 'yes');
  });
  app.use((context: any) => {
    switch (context.path) {
      case '/json':
        context.body = { ip: context.ip, href: context.href, method: context.method };
        break;
      case '/stream':
        context.body = Readable.from(['one ', 'two']);
        break;
      case '/throws':
        context.throw(418, 'a teapot');
        break;
      case '/breaks':
        throw new Error('thrown on purpose');
      case '/empty':
        context.status = 204;
        break;
      case '/respond':
        context.respond = false;
        context.res.end('by hand');
        break;
    }
  });

  it('answers as under Node', async () => {
    const requests = ['/json', '/stream', '/throws', '/breaks', '/empty', '/respond', '/nowhere'].flatMap((path) => [
      { path, fields: [['Host', 'localhost']] as const },
      { path, method: 'HEAD', fields: [['Host', 'localhost']] as const },
    ]);
    const wanted = await underNode(app.callback() as RequestListener, requests);
    expect(await underTsgi(fromNodeListener(app.callback() as RequestListener), requests)).toEqual(wanted);
  });
});

describe('fastify', () => {
  it('answers as under Node', async () => {
    const fastify: any = require('fastify');
    const app = fastify();
    app.get('/', () => ({ hello: 'world' }));
    app.get('/users/:id', (request: any, reply: any) =>
      reply.code(203).send({ id: request.params.id, ip: request.ip }),
    );
    app.get('/stream', (_request: unknown, reply: any) =>
      reply.type('text/plain').send(Readable.from(['one ', 'two'])),
    );
    app.post(
      '/json',
      { schema: { body: { type: 'object', required: ['a'], properties: { a: { type: 'number' } } } } },
      (request: any) => request.body,
    );
    app.get('/throws', () => Promise.reject(new Error('thrown on purpose')));
    app.addHook('onSend', (_request: unknown, reply: any, payload: unknown, done: (e: null, p: unknown) => void) => {
      reply.header('X-Hook', 'sent');
      done(null, payload);
    });
    await app.ready();
    const listener = (req: IncomingMessage, res: ServerResponse): unknown => app.routing(req, res);
    const requests: PlainRequest[] = [
      {},
      { path: '/users/9' },
      { path: '/stream' },
      { method: 'POST', path: '/json', fields: JSON_BODY, body: '{"a":1}' },
      { method: 'POST', path: '/json', fields: JSON_BODY, body: '{}' },
      { method: 'POST', path: '/json', fields: JSON_BODY, body: '{' },
      { path: '/throws' },
      { path: '/nowhere' },
      { method: 'HEAD' },
    ];
    const wanted = await underNode(listener, requests);
    expect(await underTsgi(fromNodeListener(listener), requests)).toEqual(wanted);
    expect(await underTsgi(fromNodeListener(app.server as never), requests)).toEqual(wanted);
    await app.close();
  });
});

describe('connect', () => {
  it('answers as under Node', async () => {
    const connect: any = require('connect');
    const app = connect();
    app.use('/app', (req: any, res: any) => res.end(JSON.stringify([req.url, req.originalUrl])));
    app.use('/throws', () => {
      throw Object.assign(new Error('thrown on purpose'), { status: 409 });
    });
    const requests = [{ path: '/app/x?y' }, { path: '/nowhere' }, { method: 'POST', path: '/nowhere', body: 'x' }];
    const wanted = await underNode(app as RequestListener, requests);
    expect(await underTsgi(fromNodeListener(app as RequestListener), requests)).toEqual(wanted);
    const [failed] = await underTsgi(fromNodeListener(app as RequestListener), [{ path: '/throws' }]);
    expect(failed?.status).toBe(409);
  });
});

describe('hono', () => {
  it('answers', async () => {
    const { Hono } = (await import('hono')) as any;
    const { stream } = (await import('hono/streaming')) as any;
    const app = new Hono();
    app.get('/', (context: any) => context.text('hello'));
    app.get('/users/:id', (context: any) => context.json({ id: context.req.param('id'), query: context.req.query() }));
    app.post('/json', async (context: any) => context.json(await context.req.json(), 201));
    app.get('/where', (context: any) => context.text(`${context.req.url} ${context.env.environ.REMOTE_ADDR}`));
    app.get('/cookies', (context: any) => {
      context.header('Set-Cookie', 'a=1', { append: true });
      context.header('Set-Cookie', 'b=2', { append: true });
      return context.body(null, 204);
    });
    app.get('/stream', (context: any) =>
      stream(context, async (out: any) => {
        await out.write('one ');
        await out.write('two');
      }),
    );
    app.get('/throws', () => {
      throw new Error('thrown on purpose');
    });
    app.onError((error: Error, context: any) => context.text(error.message, 500));
    const host = createMockHost(fromFetchHandler(app as { fetch: FetchFunction }));
    const answers: unknown[] = [];
    for (const request of [
      {},
      { path: '/users/7?a=1' },
      { path: '/json', method: 'POST', body: '{"a":1}', headers: { 'Content-Type': 'application/json' } },
      { path: '/where' },
      { path: '/stream' },
      { path: '/throws' },
      { path: '/nowhere' },
      { method: 'HEAD' },
    ]) {
      const { status, text, contentLength } = await host.request(request);
      answers.push([status, text, contentLength]);
    }
    expect(answers).toEqual([
      [200, 'hello', 5],
      [200, '{"id":"7","query":{"a":"1"}}', 28],
      [201, '{"a":1}', 7],
      [200, 'http://localhost/where 127.0.0.1', 32],
      [200, 'one two', undefined],
      [500, 'thrown on purpose', 17],
      [404, '404 Not Found', 13],
      [200, '', undefined],
    ]);
    const cookies = await host.request({ path: '/cookies' });
    expect([cookies.status, cookies.headers]).toEqual([
      204,
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
    ]);
    expect([host.violations, host.faults]).toEqual([[], []]);
  });
});
