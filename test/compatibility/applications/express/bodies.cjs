const { createHash } = require('node:crypto');

module.exports = (express) => {
  const router = express.Router();
  const echo = (req, res) => res.json({ body: req.body ?? null });
  router.post('/json', express.json({ limit: '1kb' }), echo);
  router.post('/json-any', express.json({ strict: false }), echo);
  router.post('/form', express.urlencoded({ extended: true, parameterLimit: 10 }), echo);
  router.post('/form-simple', express.urlencoded({ extended: false }), echo);
  router.post('/text', express.text({ limit: '1kb' }), echo);
  router.post('/raw', express.raw({ type: '*/*' }), (req, res) =>
    res.json(Buffer.isBuffer(req.body) ? req.body.toString('hex') : req.body),
  );
  router.post('/verified', express.json({ verify: refuseEmptyObjects }), echo);
  // Nobody reads the body.
  router.post('/unread', (req, res) => res.status(202).send('thanks'));
  router.post('/count', (req, res, next) => {
    const hash = createHash('sha256');
    let size = 0;
    req.on('data', (piece) => {
      size += piece.length;
      hash.update(piece);
    });
    req.on('end', () => res.json({ size, sha256: hash.digest('hex') }));
    req.on('error', next);
  });
  router.post('/piped', (req, res) => req.pipe(res));
  router.all('/method', express.text({ type: '*/*' }), (req, res) =>
    res.json({ method: req.method, body: req.body ?? null }),
  );
  return router;
};

function refuseEmptyObjects(req, res, buffer) {
  if (buffer.toString() === '{}') {
    throw new Error('an empty object');
  }
}
