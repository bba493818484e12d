// What the load tests serve: many streams, a thread kept busy, and every way of answering that can be cut off.

let live = 0;
let returned = 0;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function* events(count, interval) {
  live++;
  try {
    for (let n = 1; n <= count; n++) {
      yield `data: ${n}\n\n`;
      await pause(interval);
    }
  } finally {
    live--;
    returned++;
  }
}

function* bytes(size) {
  const chunk = Buffer.alloc(Math.min(size, 64 * 1024), 'x');
  live++;
  try {
    for (let sent = 0; sent < size; sent += chunk.length) {
      yield chunk.subarray(0, Math.min(chunk.length, size - sent));
    }
  } finally {
    live--;
  }
}

async function echo(environ, startResponse) {
  const parts = [];
  for await (const part of environ['tsgi.input']) {
    parts.push(part);
  }
  startResponse('200 OK', [['Content-Type', 'application/octet-stream']]);
  return parts;
}

function busy(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    // keeps the thread
  }
}

export async function application(environ, startResponse) {
  const query = new URLSearchParams(environ.QUERY_STRING);
  const number = (name, otherwise) => Number(query.get(name) ?? otherwise);
  switch (environ.PATH_INFO) {
    case '/events':
      startResponse('200 OK', [['Content-Type', 'text/event-stream']]);
      return events(number('count', 5), number('interval', 20));
    case '/bytes':
      startResponse('200 OK', [['Content-Type', 'application/octet-stream']]);
      return bytes(number('size', 1 << 20));
    case '/echo':
      return echo(environ, startResponse);
    case '/wait':
      await pause(number('ms', 30));
      startResponse('200 OK', []);
      return ['waited'];
    case '/busy':
      busy(number('ms', 2000));
      startResponse('200 OK', []);
      return ['was busy'];
    case '/write': {
      const write = startResponse('200 OK', []);
      for (let i = 0; i < 20; i++) {
        await write('x'.repeat(20_000));
      }
      return [];
    }
    case '/counts':
      startResponse('200 OK', [['Content-Type', 'application/json']]);
      return [JSON.stringify({ live, returned })];
    default:
      startResponse('200 OK', [['Content-Type', 'text/plain']]);
      return ['hello'];
  }
}
