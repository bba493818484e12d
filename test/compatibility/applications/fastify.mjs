// An API of Fastify with schemas, hooks, plug-ins for cookies, forms, uploads and files, behind a proxy that it trusts.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import files from '@fastify/static';
import Fastify from 'fastify';

const root = fileURLToPath(new URL('public/', import.meta.url));
const events = [];

const app = Fastify({ trustProxy: true, bodyLimit: 64 * 1024, routerOptions: { ignoreTrailingSlash: true } });
await app.register(cookie, { secret: 'a secret of the cookies' });
await app.register(formbody);
await app.register(multipart, { limits: { fileSize: 32 * 1024 } });
await app.register(files, { root, prefix: '/public/', maxAge: '1m' });

app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => {
  done(
    null,
    body.split('\n').map((line) => line.split(',')),
  );
});
app.addContentTypeParser('application/x-raw', (_request, payload, done) => done(null, payload));

app.decorateRequest('steps', null);
app.addHook('onRequest', async (request) => {
  request.steps = ['onRequest'];
});
app.addHook('preParsing', async (request) => {
  request.steps.push('preParsing');
});
app.addHook('preValidation', async (request) => {
  request.steps.push('preValidation');
});
app.addHook('preHandler', async (request) => {
  request.steps.push('preHandler');
});
app.addHook('preSerialization', async (request, _reply, payload) => {
  request.steps.push('preSerialization');
  return payload;
});
app.addHook('onSend', async (request, reply, payload) => {
  reply.header('X-Steps', [...request.steps, 'onSend'].join(' '));
  return payload;
});
app.addHook('onResponse', async (request, reply) => {
  if (request.url.startsWith('/told/ticks?')) {
    events.push(`onResponse ${reply.statusCode}, sent: ${reply.raw.writableFinished}`);
  }
});
app.addHook('onRequestAbort', async (request) => {
  events.push(`onRequestAbort ${request.url}`);
});

app.setErrorHandler((error, request, reply) => {
  if (request.url.startsWith('/handled')) {
    return reply.code(418).send({ handled: error.message });
  }
  return reply.send(error);
});
app.setNotFoundHandler((request, reply) => {
  reply.code(404).send({ nothing: request.url, method: request.method });
});

app.get('/', async () => ({ hello: 'world' }));
app.get('/client', async ({ ip, ips, protocol, host, hostname, port }) => ({
  ip,
  ips,
  protocol,
  host: host.replace(/:\d+$/, ''),
  hostname,
  proxied: port === null,
}));
app.get('/users/:id', {
  schema: {
    params: { type: 'object', properties: { id: { type: 'integer' } } },
    querystring: { type: 'object', properties: { deep: { type: 'boolean', default: false } } },
    response: {
      200: { type: 'object', properties: { id: { type: 'string' }, deep: { type: 'boolean' } } },
    },
  },
  handler: async ({ params, query }) => ({ id: params.id, deep: query.deep, secret: 'not in the schema' }),
});
app.post('/users', {
  schema: {
    body: {
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      properties: { name: { type: 'string', minLength: 2 }, age: { type: 'integer', minimum: 0 } },
    },
  },
  handler: async ({ body }, reply) => reply.code(201).header('Location', '/users/1').send(body),
});
app.post('/form', async ({ body }) => body);
app.post('/csv', async ({ body }) => body);
app.put('/raw', async ({ body }) => {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
  }
  return { bytes };
});
app.put('/told/upload', async (request, reply) => {
  request.body.once('data', () => events.push('upload begun'));
  try {
    for await (const _chunk of request.body) {
      // Only its end matters.
    }
  } catch (error) {
    events.push(`upload failed: ${error.code}`);
  }
  return reply.code(201).send();
});
app.post('/upload', async (request) => {
  const parts = [];
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      const content = await part.toBuffer();
      parts.push([part.fieldname, part.filename, part.mimetype, content.length]);
    } else {
      parts.push([part.fieldname, part.value]);
    }
  }
  return parts;
});
app.get('/login', async (_request, reply) =>
  reply
    .setCookie('user', 'ann', { signed: true, httpOnly: true, path: '/', sameSite: 'lax' })
    .setCookie('theme', 'dark', { path: '/' })
    .clearCookie('gone')
    .send('welcome'),
);
app.get('/me', async (request) => ({
  ...request.unsignCookie(request.cookies.user ?? ''),
  theme: request.cookies.theme,
}));
app.get('/redirect', async (_request, reply) => reply.redirect('/users/7'));
app.get('/moved', async (_request, reply) => reply.redirect('https://example.com/there', 308));
app.get('/throws', async () => {
  throw new Error('thrown on purpose');
});
app.get('/conflict', async () => {
  throw Object.assign(new Error('in conflict'), { statusCode: 409, code: 'CONFLICT' });
});
app.get('/handled', async () => {
  throw new Error('for the handler');
});
app.get('/undefined', async (_request, reply) => reply.send());
app.get('/stream', async (_request, reply) => reply.type('text/plain').send(Readable.from(['one ', 'two ', 'three'])));
app.get('/file-stream', async (_request, reply) => reply.type('text/plain').send(createReadStream(`${root}hello.txt`)));
app.get('/web-stream', async () => new Response('from a Response', { status: 202, headers: { 'X-From': 'fetch' } }));
app.get('/stream-breaks', async (_request, reply) =>
  reply.type('text/plain').send(
    Readable.from(
      (async function* () {
        yield 'the beginning';
        await new Promise((resolve) => setTimeout(resolve, 20));
        throw new Error('the stream broke');
      })(),
    ),
  ),
);
app.get('/stream-fails', async (_request, reply) =>
  reply.type('text/plain').send(createReadStream(`${root}there-is-no-such-file`)),
);
app.get('/large', async (_request, reply) =>
  reply
    .type('application/octet-stream')
    .header('Content-Length', 64 * 65_536)
    .send(Readable.from(Array.from({ length: 64 }, (_, index) => Buffer.alloc(65_536, index)))),
);
app.get('/told/ticks', (request, reply) => {
  reply.hijack();
  reply.raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  let count = 0;
  const last = Number(request.query.last ?? Infinity);
  const timer = setInterval(() => {
    reply.raw.write(`id: ${++count}\ndata: tick\n\n`);
    if (count === last) {
      clearInterval(timer);
      reply.raw.end();
    }
  }, 5);
  reply.raw.once('close', () => {
    clearInterval(timer);
    events.push(`closed, finished: ${reply.raw.writableFinished}`);
  });
});
app.get('/told/waits', async (request, reply) => {
  events.push('waiting');
  await new Promise((resolve) => request.raw.once('close', resolve));
  events.push(`left, aborted: ${request.raw.aborted}`);
  return reply.send('for nobody');
});
app.get('/empty', async (_request, reply) => reply.code(204).send());
app.get('/not-modified', async (_request, reply) => reply.code(304).header('ETag', '"1"').send());
app.get('/buffer', async (_request, reply) => reply.type('image/png').send(Buffer.from([0x89, 0x50, 0x4e, 0x47])));
app.get('/trailer', async (_request, reply) => reply.header('X-Two', ['1', '2']).send('two of a name'));
app.get('/download', async (_request, reply) => reply.download('hello.txt', 'report.txt'));
app.get('/hijacked', (_request, reply) => {
  reply.hijack();
  reply.raw.end('by hand');
});
app.addHttpMethod('REPORT');
app.route({ method: ['OPTIONS', 'REPORT'], url: '/methods', handler: async ({ method }) => ({ method }) });
app.get('/events', async () => [...events].sort());
app.delete('/events', async (_request, reply) => {
  events.length = 0;
  return reply.code(204).send();
});
app.register(
  async (inner) => {
    inner.addHook('onRequest', async (request, reply) => {
      if (request.headers.authorization !== 'Bearer token') {
        return reply.code(401).header('WWW-Authenticate', 'Bearer').send({ error: 'who are you?' });
      }
    });
    inner.get('/', async () => ({ private: true }));
  },
  { prefix: '/private' },
);

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
