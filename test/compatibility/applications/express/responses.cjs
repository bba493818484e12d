const path = require('node:path');

const files = path.join(__dirname, 'public');

module.exports = (express) => {
  const app = express();
  app.set('jsonp callback name', 'cb');
  app.get('/string', (req, res) => res.send('<p>h\u00e9llo</p>'));
  app.get('/buffer', (req, res) => res.send(Buffer.from([0, 1, 2, 253, 254, 255])));
  app.get('/object', (req, res) => res.send({ a: [1, null, 'x'], b: undefined }));
  app.get('/null', (req, res) => res.json(null));
  app.get('/json', (req, res) => res.json({ text: '\u2028 <script> \u00e9' }));
  app.get('/jsonp', (req, res) => res.jsonp({ a: 1 }));
  app.get('/format', (req, res) =>
    res.format({
      text: () => res.send('text'),
      html: () => res.send('<p>html</p>'),
      json: () => res.send({ message: 'json' }),
    }),
  );
  app.get('/redirect', (req, res) => res.redirect('/elsewhere?a=b c'));
  app.get('/redirect-301', (req, res) => res.redirect(301, 'relative/path'));
  app.get('/redirect-out', (req, res) => res.redirect(307, 'https://example.org/\u00e9'));
  app.get('/location', (req, res) => res.location('../up').status(201).end());
  app.get('/vary', (req, res) => res.vary('Accept').vary(['Cookie', 'Accept']).send('varied'));
  app.get('/links', (req, res) =>
    res.links({ next: '/responses/links?page=2', last: '/responses/links?page=9' }).send('linked'),
  );
  app.get('/type', (req, res) => res.type('.svg').send('<svg/>'));
  app.get('/append', (req, res) => {
    res.append('X-Many', ['1', '2']).append('X-Many', '3').set({ 'X-Number': 5, 'x-lower': 'kept' });
    res.append('Link', '<a>').append('Link', '<b>').append('Warning', '199 misc');
    res.send('appended');
  });
  app.get('/latin1', (req, res) => res.set('X-Latin', 'caf\u00e9').end('x'));
  app.get('/status/:code', (req, res) => res.sendStatus(Number(req.params.code)));
  app.get('/body-of/:code', (req, res) => res.status(Number(req.params.code)).send('a body'));
  app.get('/reason', (req, res) => {
    res.statusMessage = 'My Own Words';
    res.status(400).send('reason');
  });
  app.get('/etag', (req, res) => res.set('ETag', '"mine"').send('tagged'));
  app.get('/no-length', (req, res) => {
    res.write('a');
    res.end('b');
  });
  app.get('/length', (req, res) => res.set('Content-Length', '4').end('four'));
  app.get('/nothing', (req, res) => res.end());

  app.get('/file', (req, res) => res.sendFile('numbers.txt', { root: files }));
  app.get('/file-headed', (req, res) =>
    res.sendFile(path.join(files, 'hello.txt'), { maxAge: 1000, headers: { 'X-Sent': 'yes' }, lastModified: false }),
  );
  app.get('/file-missing', (req, res, next) => res.sendFile('nowhere.txt', { root: files }, next));
  app.get('/file-outside', (req, res) => res.sendFile('../site.cjs', { root: files }));
  app.get('/download', (req, res) => res.download(path.join(files, 'hello.txt')));
  app.get('/download-as', (req, res) => res.download(path.join(files, 'hello.txt'), 'na\u00efve "file".txt'));
  app.get('/attachment', (req, res) => res.attachment('picture.png').send(Buffer.from('png')));
  return app;
};
