// What a site of Hono is made of; other files serve it.
import { webcrypto } from 'node:crypto';
import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { HTTPException } from 'hono/http-exception';
import { logger } from 'hono/logger';
import { prettyJSON } from 'hono/pretty-json';
import { secureHeaders } from 'hono/secure-headers';
import { stream, streamSSE, streamText } from 'hono/streaming';

globalThis.crypto ??= webcrypto; // Node 18 does not have it

const SECRET = 'a secret of the cookies';
const events = [];
const said = [];

const app = new Hono();
export default app;

app.use(logger((line) => said.push(line.replace(/\x1b\[\d+m/g, '').replace(/ \d+ms$|ms$/, ''))));
app.use('/secure/*', secureHeaders());
app.use('/api/*', cors({ origin: ['https://example.com'], credentials: true, maxAge: 600 }));
app.use('/tagged/*', etag());
app.use('/small/*', compress({ threshold: 64 }));
app.use('/private/*', basicAuth({ username: 'ann', password: 'secret' }));
app.use('/limited', bodyLimit({ maxSize: 1024 }));
app.use('/pretty', prettyJSON());

app.get('/', (c) => c.text('home'));
app.get('/where', (c) => {
  const { pathname, search } = new URL(c.req.url);
  return c.json({
    pathname,
    search,
    method: c.req.method,
    path: c.req.path,
    agent: c.req.header('user-agent') ?? null,
  });
});
app.get('/users/:id{[0-9]+}', (c) => c.json({ id: c.req.param('id'), all: c.req.queries('a') ?? [] }));
app.get('/html', (c) => c.html('<p>ü</p>'));
app.get('/bytes', (c) => c.body(new Uint8Array([0, 1, 254, 255]), 200, { 'Content-Type': 'application/x-bytes' }));
app.get('/raw', () => new Response('raw', { status: 203, statusText: 'By Hand', headers: { 'X-Raw': 'yes' } }));
app.get('/empty', (c) => c.body(null, 204));
app.get('/not-modified', (c) => c.body(null, 304, { ETag: '"1"' }));
app.get('/redirect', (c) => c.redirect('/users/7?x=ä'));
app.get('/moved', (c) => c.redirect('https://example.com/there', 301));
app.get('/login', async (c) => {
  setCookie(c, 'theme', 'dark', { path: '/' });
  await setSignedCookie(c, 'user', 'ann', SECRET, { httpOnly: true, sameSite: 'Lax' });
  deleteCookie(c, 'gone');
  return c.text('welcome');
});
app.get('/me', async (c) => c.json({ ...getCookie(c), user: await getSignedCookie(c, SECRET, 'user') }));
app.post('/json', async (c) => c.json(await c.req.json(), 201));
app.post('/form', async (c) => c.json(await c.req.parseBody({ all: true })));
app.post('/upload', async (c) => {
  const body = await c.req.parseBody({ all: true });
  const files = Object.entries(body).map(([name, value]) =>
    value instanceof File ? [name, value.name, value.type, value.size] : [name, value],
  );
  return c.json(files);
});
app.post('/count', async (c) => {
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    bytes += chunk.byteLength;
  }
  return c.json({ bytes, length: c.req.header('content-length') ?? null });
});
app.post('/echo', (c) => c.body(c.req.raw.body, 200, { 'Content-Type': 'application/octet-stream' }));
app.post('/limited', async (c) => c.text(`${(await c.req.text()).length}`));
app.put('/told/upload', async (c) => {
  const reader = c.req.raw.body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      events.push('upload begun');
    }
  } catch (error) {
    events.push(`upload failed: ${error instanceof Error}`);
  }
  return c.body(null, 201);
});
app.get('/stream-text', (c) =>
  streamText(c, async (out) => {
    await out.writeln('one');
    await out.sleep(5);
    await out.write('two');
  }),
);
app.get('/sse', (c) =>
  streamSSE(c, async (out) => {
    for (let id = 1; id <= 3; id++) {
      await out.writeSSE({ id: String(id), event: 'tick', data: `number ${id}` });
      await out.sleep(2);
    }
  }),
);
app.get('/told/ticks', (c) =>
  stream(c, async (out) => {
    out.onAbort(() => events.push('aborted'));
    while (!out.aborted) {
      await out.write('tick\n');
      await out.sleep(5);
    }
    events.push('left');
  }),
);
app.get('/told/waits', async (c) => {
  events.push('waiting');
  const { signal } = c.req.raw;
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  events.push(`left, aborted: ${signal.aborted}`);
  return c.text('for nobody');
});
app.get('/stream-breaks', (c) => {
  c.header('Content-Type', 'text/plain');
  let count = 0;
  const body = new ReadableStream({
    async pull(controller) {
      if (count++ === 0) {
        controller.enqueue(new TextEncoder().encode('the beginning'));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('the stream broke');
    },
  });
  return c.body(body);
});
app.get('/large', (c) => {
  let index = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (index === 64) {
        controller.close();
      } else {
        controller.enqueue(new Uint8Array(65_536).fill(index++));
      }
    },
  });
  return c.body(body, 200, { 'Content-Type': 'application/octet-stream' });
});
app.get('/throws', () => {
  throw new Error('thrown on purpose');
});
app.get('/forbidden', () => {
  throw new HTTPException(403, { message: 'not for you' });
});
app.get('/custom', () => {
  throw new HTTPException(429, { res: new Response('later', { status: 429, headers: { 'Retry-After': '5' } }) });
});
app.get('/secure/page', (c) => c.text('secured'));
app.get('/tagged/page', (c) => c.text('tagged'));
app.get('/small/page', (c) => c.text('squeeze me '.repeat(64)));
app.get('/small/tiny', (c) => c.text('tiny'));
app.get('/private/page', (c) => c.text('private'));
app.get('/pretty', (c) => c.json({ pretty: [1, 2] }));

const api = new Hono().basePath('/v1');
api.get('/things', (c) => c.json(['a', 'b']));
api.delete('/things/:id', (c) => c.body(null, 204));
app.route('/api', api);

app.get('/events', (c) => c.json(events));
app.delete('/events', (c) => {
  events.length = 0;
  said.length = 0;
  return c.text('forgotten');
});
app.get('/said', (c) => c.json(said));

app.notFound((c) => c.json({ nothing: c.req.path }, 404));
app.onError((error, c) =>
  error instanceof HTTPException ? error.getResponse() : c.json({ failed: error.message }, 500),
);
