module.exports = (express) => {
  const router = express.Router();
  const who = (req, res) =>
    res.json({
      ip: req.ip,
      ips: req.ips,
      protocol: req.protocol,
      secure: req.secure,
      hostname: req.hostname,
      subdomains: req.subdomains,
      xhr: req.xhr,
      httpVersion: req.httpVersion,
      method: req.method,
      remote: req.socket.remoteAddress,
      family: req.socket.remoteFamily,
    });
  router.get('/who', who);
  router.get('/headers', (req, res) => res.json({ headers: req.headers, rawHeaders: req.rawHeaders }));
  router.get('/accepts', (req, res) =>
    res.json({
      types: req.accepts(['json', 'html', 'text']),
      language: req.acceptsLanguages(['en', 'de']),
      encoding: req.acceptsEncodings(['gzip', 'identity']),
      charset: req.acceptsCharsets(['utf-8', 'iso-8859-1']),
      range: req.range(1000) ?? null,
    }),
  );
  router.all('/is', (req, res) =>
    res.json({ json: req.is('json'), text: req.is('text/*'), length: req.get('Content-Length') ?? null }),
  );
  router.all('/url', (req, res) => res.json([req.method, req.originalUrl, req.query]));

  const trusting = express();
  trusting.set('trust proxy', true);
  trusting.get('/who', who);
  router.use('/trusting', trusting);
  const careful = express();
  careful.set('trust proxy', ['loopback', '10.0.0.0/8']);
  careful.get('/who', who);
  router.use('/careful', careful);
  return router;
};
