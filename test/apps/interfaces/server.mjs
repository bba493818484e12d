import { createServer } from 'node:http';

export default createServer((req, res) => res.end(`server ${req.method} ${req.url}`));
