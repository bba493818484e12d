import { createServer } from 'node:http';

const server = createServer((request, response) => {
  if (request.url === '/hello') {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end('Hello, world!\n');
  } else {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(JSON.stringify({ message: 'Hello, world!' }));
  }
});

server.keepAliveTimeout = 90_000; // longer than that of the server in front
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
