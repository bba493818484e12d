// What happened to a request is asked for by another.
module.exports = (express) => {
  const router = express.Router();
  const stories = new Map();

  router.use('/tried/:id', (req, res, next) => {
    const story = [];
    stories.set(req.params.id, story);
    for (const name of ['aborted', 'end', 'close']) {
      req.on(name, () => story.push(`req ${name}`));
    }
    for (const name of ['finish', 'close']) {
      res.on(name, () => story.push(`res ${name}`));
    }
    req.on('error', (error) => story.push(`req error ${error.code}`));
    req.story = story;
    next();
  });
  router.get('/tried/:id/whole', (req, res) => res.send('all of it'));
  router.get('/tried/:id/waiting', (req) => req.story.push('waiting'));
  router.get('/tried/:id/endless', (req, res) => {
    const timer = setInterval(() => res.write('tick\n'), 2);
    res.on('close', () => clearInterval(timer));
  });
  router.get('/tried/:id/flooding', (req, res) => {
    const piece = Buffer.alloc(65536, '.');
    const flood = () => {
      while (!res.destroyed && res.write(piece));
    };
    res.on('drain', flood);
    req.story.push('flooding');
    flood();
  });
  router.post('/tried/:id/upload', (req, res) => {
    let size = 0;
    req.on('data', (piece) => {
      size += piece.length;
      req.story[0] = `received ${size}`;
    });
    req.on('end', () => res.send('complete'));
  });
  router.get('/told/:id', (req, res) => res.json(stories.get(req.params.id) ?? []));
  return router;
};
