/** An application that listens, and a second server, for somebody else, on a port of its own. */
import { createServer } from 'node:http';

createServer((req, res) => res.end(`application ${process.pid}`)).listen(3000);
createServer((req, res) => res.end(`metrics ${process.pid}`)).listen(Number(process.env.METRICS), '127.0.0.1');
