const compression = require('compression');

const text = 'The quick brown fox jumps over the lazy dog.\n'.repeat(200);

module.exports = (express) => {
  const router = express.Router();
  router.use(compression());
  router.get('/text', (req, res) => res.type('text').send(text));
  router.get('/short', (req, res) => res.type('text').send('short'));
  router.get('/image', (req, res) => res.type('png').send(Buffer.alloc(5000)));
  router.get('/untransformed', (req, res) => res.set('Cache-Control', 'no-transform').type('text').send(text));
  router.get('/json', (req, res) => res.json({ text }));
  router.get('/flushed', (req, res) => {
    res.type('text/event-stream');
    res.write('data: one\n\n');
    res.flush();
    setTimeout(() => res.end('data: two\n\n'), 5);
  });
  router.use('/static', express.static(`${__dirname}/public`));
  return router;
};
