const connect = require('connect');
const http = require('node:http');
const serveStatic = require('serve-static');
const bodyParser = require('body-parser');
const compression = require('compression');
const cookieParser = require('cookie-parser');

const app = connect();
app.use(cookieParser());
app.use('/compressed', compression({ threshold: 0 }));
app.use('/compressed', (req, res) => {
  res.setHeader('Content-Type', 'text/plain');
  res.end('compressed '.repeat(50));
});
app.use('/static', serveStatic(`${__dirname}/express/public`));
app.use('/json', bodyParser.json({ limit: 100 }));
app.use('/json', (req, res) => res.end(JSON.stringify(req.body ?? null)));
app.use('/where', (req, res) => res.end(JSON.stringify([req.url, req.originalUrl])));
app.use('/cookies', (req, res) => res.end(JSON.stringify(req.cookies)));
app.use('/throws', () => {
  throw new Error('thrown on purpose');
});
app.use('/teapot', (req, res, next) => next(Object.assign(new Error('short and stout'), { status: 418 })));
app.use('/handled', (req, res, next) => next(new Error('handled on purpose')));
app.use('/handled', (error, req, res, _next) => {
  res.statusCode = 503;
  res.end(`sorry: ${error.message}`);
});
app.use('/stream', (req, res) => {
  res.write('one ');
  setTimeout(() => res.end('two'), 3);
});
app.use((req, res, next) => (req.url === '/' ? res.end('hello from connect') : next()));

http.createServer(app).listen(process.env.PORT ?? 3000);
