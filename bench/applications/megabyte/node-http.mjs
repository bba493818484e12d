import { createServer } from 'node:http';
import { listen } from '../node-http.mjs';

const megabyte = Buffer.alloc(1024 * 1024, 'TSGI');

listen(
  createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/octet-stream');
    response.end(megabyte);
  }),
);
