/** An application of Express, in a file that listens, that tells what it holds. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import express from 'express';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** @type {string[]} */
const warnings = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

const app = express();
app.use(express.json());

app.get('/hello', (_request, response) => {
  response.type('text/plain').send('hello');
});

app.post('/echo', (request, response) => {
  response.json(request.body);
});

/** Goes on until the client leaves. */
app.get('/endless', (_request, response) => {
  const timer = setInterval(() => response.write('more'), 1);
  response.on('close', () => clearInterval(timer));
  response.write('first');
});

app.get('/held', (request, response) => {
  collect();
  const { server } = /** @type {any} */ (request.socket);
  server.getConnections((/** @type {unknown} */ _error, /** @type {number} */ connections) => {
    const listeners = [process, server, request.socket, request, response].map((emitter) =>
      emitter.eventNames().map((/** @type {string} */ name) => [String(name), emitter.listenerCount(name)]),
    );
    response.json({ heap: process.memoryUsage().heapUsed, connections, listeners, warnings });
  });
});

// Of a client that leaves while its body is read. Without this Express would log it.
app.use(
  (/** @type {any} */ error, /** @type {any} */ _request, /** @type {any} */ response, /** @type {any} */ next) => {
    if (error.type !== 'request.aborted') {
      next(error);
      return;
    }
    response.status(400).end();
  },
);

app.listen(3000);
