import { createServer } from 'node:http';
import { listen } from '../node-http.mjs';

/** Reads the whole request body and answers with its size. */
listen(
  createServer((request, response) => {
    let size = 0;
    request.on('data', (chunk) => (size += chunk.length));
    request.on('end', () => {
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.end(`${size}\n`);
    });
  }),
);
