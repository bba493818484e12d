module.exports = (express) => {
  const router = express.Router();
  router.get('/thrown', () => {
    throw new Error('thrown on purpose');
  });
  router.get('/thrown-string', () => {
    throw 'a string on purpose';
  });
  router.get('/thrown-status', () => {
    throw Object.assign(new Error('a teapot on purpose'), { status: 418, headers: { 'X-Pot': 'tea' } });
  });
  router.get('/rejected', async () => {
    throw new Error('rejected on purpose');
  });
  router.get('/next', (req, res, next) => next(Object.assign(new Error('passed on purpose'), { statusCode: 409 })));
  router.get('/later', (req, res, next) => setImmediate(next, new Error('later on purpose')));
  router.get('/next-route', (req, res, next) => next('route'));
  router.get('/next-route', (req, res) => res.send('the next route'));
  router.get('/after-headers', (req, res, next) => {
    res.type('text');
    res.write('a beginning', () => next(new Error('after the head on purpose')));
  });
  router.get('/destroyed', (req, res) => {
    res.type('text');
    res.write('a beginning', () => res.destroy());
  });
  router.get('/handled', () => {
    throw new TypeError('handled on purpose');
  });
  router.use('/handled', (error, req, res, next) => {
    res
      .status(503)
      .set('Retry-After', '7')
      .json({ name: error.name, message: error.message, more: typeof next });
  });
  return router;
};
