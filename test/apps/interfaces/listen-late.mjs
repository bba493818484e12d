import { createServer } from 'node:http';

/** As one that connects to its database first. */
setTimeout(() => {
  createServer((req, res) => res.end(`listens late ${req.method} ${req.url}`)).listen(3000);
}, 50);
