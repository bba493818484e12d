// A site of Koa with a router, a body parser, static files and signed cookies, behind a proxy that it trusts.
import { createReadStream } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { bodyParser } from '@koa/bodyparser';
import etag from '@koa/etag';
import Router from '@koa/router';
import Koa from 'koa';
import conditional from 'koa-conditional-get';
import serve from 'koa-static';

const files = fileURLToPath(new URL('public/', import.meta.url));
const events = [];

const app = new Koa({ proxy: true, keys: ['a key', 'an older key'] });
app.on('error', (error) => events.push(`error: ${error.message}`));

app.use(async (ctx, next) => {
  await next();
  ctx.set('X-After', String(ctx.status));
});
app.use((ctx, next) => {
  if (ctx.path !== '/events') {
    return next();
  }
  if (ctx.method === 'DELETE') {
    events.length = 0;
  }
  ctx.body = { events };
});
app.use(conditional());
app.use(etag());
app.use(serve(files, { maxage: 60_000, index: false }));
app.use(async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    if (error.code !== 'ANSWERED') {
      throw error;
    }
    ctx.status = error.status;
    ctx.body = { problem: error.message };
  }
});
app.use(bodyParser({ jsonLimit: '1kb' }));

const router = new Router();
router.get('/', (ctx) => {
  ctx.body = 'home';
});
router.get('/users/:id', (ctx) => {
  ctx.body = { id: ctx.params.id, query: ctx.query, path: ctx.path, search: ctx.search };
});
router.get('/client', (ctx) => {
  ctx.body = { ip: ctx.ip, ips: ctx.ips, protocol: ctx.protocol, host: ctx.host, secure: ctx.secure, href: ctx.href };
});
router.post('/body', (ctx) => {
  ctx.body = { type: ctx.is('json', 'urlencoded', 'text'), body: ctx.request.body ?? null };
});
router.post('/count', async (ctx) => {
  let bytes = 0;
  for await (const chunk of ctx.req) {
    bytes += chunk.length;
  }
  ctx.body = { bytes };
});
router.put('/upload', async (ctx) => {
  ctx.req.once('aborted', () => events.push('upload aborted'));
  ctx.req.once('data', () => events.push('upload begun'));
  ctx.req.once('close', () => events.push('upload closed'));
  for await (const _chunk of ctx.req) {
    // Only its end matters.
  }
  ctx.status = 201;
});
router.get('/login', (ctx) => {
  ctx.cookies.set('user', 'ann', { signed: true, httpOnly: true, sameSite: 'lax' });
  ctx.cookies.set('theme', 'dark', { signed: false, maxAge: undefined, overwrite: true });
  ctx.cookies.set('gone', null);
  ctx.body = 'welcome';
});
router.get('/me', (ctx) => {
  ctx.body = { user: ctx.cookies.get('user', { signed: true }) ?? null, theme: ctx.cookies.get('theme') ?? null };
});
router.get('/redirect', (ctx) => ctx.redirect('/users/7?x=ä'));
router.get('/moved', (ctx) => {
  ctx.status = 301;
  ctx.redirect('https://example.com/there');
  ctx.body = 'moved';
});
router.redirect('/old', '/', 308);
router.get('/download', (ctx) => {
  ctx.attachment('report ü.txt');
  ctx.body = createReadStream(`${files}hello.txt`);
});
router.get('/modified', (ctx) => {
  ctx.lastModified = new Date('2024-01-02T03:04:05Z');
  ctx.body = 'not often changed';
});
router.get('/accepts', (ctx) => {
  ctx.vary('Accept');
  ctx.body = ctx.accepts('json', 'html') === 'json' ? { accepts: 'json' } : '<p>accepts</p>';
});
router.get('/throw/:status', (ctx) =>
  ctx.throw(Number(ctx.params.status), 'on purpose', { headers: { 'X-Why': 'y' } }),
);
router.get('/assert', (ctx) => ctx.assert(ctx.query.name, 422, 'a name is needed'));
router.get('/answered', () => {
  throw Object.assign(new Error('conflict'), { code: 'ANSWERED', status: 409 });
});
router.get('/breaks', () => {
  throw new Error('broken on purpose');
});
router.get('/stream-fails', (ctx) => {
  ctx.type = 'text/plain';
  ctx.body = new Readable({
    read() {
      this.destroy(Object.assign(new Error('there is nothing to read'), { status: 502 }));
    },
  });
});
router.get('/stream', (ctx) => {
  ctx.type = 'text/plain';
  ctx.body = Readable.from(['one ', 'two ', 'three']);
});
router.get('/stream-breaks', (ctx) => {
  ctx.type = 'text/plain';
  ctx.body = Readable.from(
    (async function* () {
      yield 'the beginning';
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('the stream broke');
    })(),
  );
});
router.get('/large', (ctx) => {
  ctx.type = 'application/octet-stream';
  ctx.length = 64 * 65_536;
  ctx.body = Readable.from(Array.from({ length: 64 }, (_, index) => Buffer.alloc(65_536, index)));
});
router.get('/ticks', (ctx) => {
  ctx.type = 'text/event-stream';
  ctx.set('Cache-Control', 'no-cache');
  const ticks = new PassThrough();
  ctx.body = ticks;
  let count = 0;
  const last = Number(ctx.query.last ?? Infinity);
  const timer = setInterval(() => {
    ticks.write(`id: ${++count}\ndata: tick\n\n`);
    if (count === last) {
      clearInterval(timer);
      ticks.end();
    }
  }, 5);
  ctx.res.once('close', () => {
    clearInterval(timer);
    events.push(`ticks closed, finished: ${ctx.res.writableFinished}`);
  });
});
router.get('/web-stream', (ctx) => {
  ctx.body = new Response('from a Response', { status: 202, headers: { 'X-From': 'fetch' } });
});
router.get('/blob', (ctx) => {
  ctx.body = new Blob(['from a ', 'blob']);
});
router.get('/empty', (ctx) => {
  ctx.status = 204;
  ctx.set('Content-Length', '7');
});
router.get('/null', (ctx) => {
  ctx.body = null;
});
router.get('/early', async (ctx) => {
  ctx.status = 200;
  ctx.flushHeaders();
  await new Promise((resolve) => setTimeout(resolve, 5));
  ctx.body = 'after its head';
});
router.get('/by-hand', (ctx) => {
  ctx.respond = false;
  ctx.res.writeHead(203, 'By Hand', { 'Content-Type': 'text/plain' });
  ctx.res.write('written ');
  ctx.res.end('by hand');
});
app.use(router.routes());
app.use(router.allowedMethods());

app.listen(process.env.PORT ?? 3000, '127.0.0.1');
