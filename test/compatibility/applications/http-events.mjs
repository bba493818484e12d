// A server that is put together of listeners.
import { createServer } from 'node:http';

const server = createServer({ keepAliveTimeout: 1000 });
const refused = [];

server.on('request', async (request, response) => {
  try {
    await handle(request, response);
  } catch (error) {
    if (!response.headersSent) {
      response.writeHead(error.status ?? 500, { 'Content-Type': 'application/json' });
    }
    response.end(JSON.stringify({ error: error.message }));
  }
});

server.on('checkContinue', (request, response) => {
  if (Number(request.headers['content-length']) > 100) {
    response.writeHead(413, { Connection: 'close' }).end('too much');
    return;
  }
  response.writeContinue();
  server.emit('request', request, response);
});

server.on('checkExpectation', (request, response) => {
  response.writeHead(417, { 'X-Expected': request.headers.expect }).end('not that');
});

server.on('clientError', (error, socket) => {
  refused.push(error.code);
  socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
});

async function handle(request, response) {
  switch (request.url) {
    case '/':
      response.end('hello');
      break;
    case '/throws':
      throw new Error('thrown on purpose');
    case '/teapot':
      throw Object.assign(new Error('short and stout'), { status: 418 });
    case '/broken':
      response.write('a beginning ');
      throw new Error('broken on purpose');
    case '/upload': {
      let size = 0;
      for await (const piece of request) {
        size += piece.length;
        if (size > 1000) {
          throw Object.assign(new Error('too large'), { status: 413 });
        }
      }
      response.end(`${size} bytes`);
      break;
    }
    case '/refused':
      response.end(refused.join(' '));
      break;
    default:
      response.writeHead(404).end();
  }
}

server.listen({ port: process.env.PORT ?? 3000, host: process.env.HOST }, () => {
  const { port } = server.address();
  process.title = `events on ${port}`;
});
