import { createServer } from 'node:http';

createServer((req, res) => res.end(`listens ${req.method} ${req.url}`)).listen(3000);
