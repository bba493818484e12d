const fs = require('node:fs');
const path = require('node:path');
const { Readable, pipeline } = require('node:stream');
const { setTimeout: delay } = require('node:timers/promises');

const MEGABYTE = Buffer.alloc(1 << 20, 'abcdefghijklmnopqrstuvwxyz0123456789');

module.exports = (express) => {
  const router = express.Router();
  router.get('/events', async (req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' });
    for (let id = 1; id <= 3; id++) {
      res.write(`id: ${id}\ndata: event ${id}\n\n`);
      await delay(3);
    }
    res.end();
  });
  router.get('/file', (req, res) => {
    res.type('text');
    fs.createReadStream(path.join(__dirname, 'public/numbers.txt')).pipe(res);
  });
  router.get('/slow', async (req, res) => {
    res.type('text');
    for (const piece of ['slow ', 'and ', 'steady\n']) {
      res.write(piece);
      await delay(5);
    }
    res.end();
  });
  router.get('/flushed', async (req, res) => {
    res.type('text').flushHeaders();
    await delay(5);
    res.end('after the head');
  });
  router.get('/generated', (req, res) => pipeline(Readable.from(['one ', 'two ', 'three']), res, () => undefined));
  router.get('/big', (req, res) => res.type('bin').send(Buffer.concat(Array(10).fill(MEGABYTE))));
  router.get('/big-streamed', (req, res) =>
    pipeline(Readable.from(Array(10).fill(MEGABYTE)), res.type('bin'), () => undefined),
  );
  router.get('/big-declared', async (req, res) => {
    res.type('bin').set('Content-Length', String(10 * MEGABYTE.length));
    for (let count = 0; count < 10; count++) {
      if (!res.write(MEGABYTE)) {
        await new Promise((resolve) => res.once('drain', resolve));
      }
    }
    res.end();
  });
  router.get('/many', (req, res) => {
    for (let count = 0; count < 2000; count++) {
      res.write(`${count}\n`);
    }
    res.end();
  });
  return router;
};
