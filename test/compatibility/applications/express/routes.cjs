module.exports = (express) => {
  const app = express();
  const where = (req, res) =>
    res.json({
      url: req.url,
      baseUrl: req.baseUrl,
      originalUrl: req.originalUrl,
      path: req.path,
      route: req.route?.path,
      params: { ...req.params },
      query: req.query,
      mountpath: req.app.mountpath,
      appPath: req.app.path(),
    });

  app.get('/', where);
  app.get('/users/:id', where);
  app.get('/users/:id/books/:book', where);
  app.param('checked', (req, res, next, value) => (value === 'bad' ? next('route') : next()));
  app.get('/checked/:checked', where);
  app
    .route('/several')
    .get((req, res) => res.send('got'))
    .post((req, res) => res.send('posted'))
    .delete((req, res) => res.sendStatus(204));
  app.all('/all', (req, res) => res.send(req.method));

  const inner = express();
  inner.get('/', where);
  inner.get('/deep', where);
  app.use('/inner', inner);

  const merged = express.Router({ mergeParams: true });
  merged.get('/deep', where);
  app.use('/merged/:of', merged);

  const strict = express.Router({ strict: true, caseSensitive: true });
  strict.get('/Path', where);
  app.use('/strict', strict);

  app.use('/middleware', (req, res, next) => {
    res.set('X-First', req.url);
    next();
  });
  app.use(['/middleware', '/other'], (req, res) => res.json([req.baseUrl, req.url]));
  return app;
};
