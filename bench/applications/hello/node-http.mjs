import { createServer } from 'node:http';
import { listen } from '../node-http.mjs';

listen(
  createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end('Hello, world!\n');
  }),
);
