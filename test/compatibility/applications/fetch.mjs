// A handler of the Fetch standard, for any platform.
const events = [];

const pages = {
  '/': () => new Response('home'),
  '/client': client,
  '/bytes': () => new Response(new Uint8Array([0, 1, 254, 255])),
  '/blob': () => new Response(new Blob(['from a blob'], { type: 'text/x-blob' })),
  '/params': () => new Response(new URLSearchParams({ a: '1', b: 'ü' })),
  '/none': () => new Response(null),
  '/empty': () => new Response(null, { status: 204 }),
  '/not-modified': () => new Response(null, { status: 304, headers: { ETag: '"1"' } }),
  '/teapot': () => new Response('short and stout', { status: 418, statusText: 'I am a teapot' }),
  '/redirect': () => Response.redirect('http://localhost/elsewhere', 303),
  '/cookies': cookies,
  '/stream': () => new Response(words(), { headers: { 'Content-Type': 'text/plain' } }),
  '/ticks': ticks,
  '/waits': waits,
  '/events': () => Response.json(events),
};

const actions = {
  'POST /json': async (request) => Response.json(await request.json(), { status: 201 }),
  'POST /form': form,
  'POST /echo': (request) => new Response(request.body, { headers: { 'Content-Type': 'text/plain' } }),
  'POST /text': async (request) => new Response((await request.clone().text()) + (await request.text())),
  'PUT /upload': upload,
  'DELETE /events': () => {
    events.length = 0;
    return new Response(null, { status: 204 });
  },
};

export default {
  async fetch(request) {
    const { method, url } = request;
    const { pathname } = new URL(url);
    const answer = method === 'GET' || method === 'HEAD' ? pages[pathname] : actions[`${method} ${pathname}`];
    return answer === undefined ? new Response('nothing here', { status: 404 }) : answer(request);
  },
};

function client(request) {
  return Response.json({
    search: [...new URL(request.url).searchParams],
    fields: [...request.headers].filter(([name]) => name.startsWith('x-')),
    cookies: request.headers.get('cookie'),
  });
}

function cookies() {
  const headers = new Headers({ 'Content-Type': 'text/plain' });
  headers.append('Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2065 07:28:00 GMT');
  headers.append('Set-Cookie', 'b=2');
  return new Response('two', { headers });
}

async function form(request) {
  const fields = await request.formData();
  return Response.json([...fields].map(([name, value]) => [name, value.name ?? value, value.size ?? null]));
}

async function upload(request) {
  try {
    for await (const _chunk of request.body) {
      events.push('upload begun');
    }
  } catch {
    events.push('upload failed');
  }
  return new Response(null, { status: 201 });
}

function words() {
  return new ReadableStream({
    async start(controller) {
      for (const word of ['one ', 'two ', 'three']) {
        controller.enqueue(new TextEncoder().encode(word));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      controller.close();
    },
  });
}

async function waits(request) {
  events.push('waiting');
  await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
  events.push('left');
  return new Response('for nobody');
}

function ticks() {
  let timer;
  const body = new ReadableStream({
    start(controller) {
      timer = setInterval(() => controller.enqueue(new TextEncoder().encode('data: tick\n\n')), 5);
    },
    cancel() {
      clearInterval(timer);
      events.push('cancelled');
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
}
