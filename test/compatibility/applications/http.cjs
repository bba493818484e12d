// A server of node:http alone.
const http = require('node:http');

const server = http.createServer((req, res) => {
  const url = new URL(req.url, `http://${req.headers.host ?? 'localhost'}`);
  if (url.pathname === '/') {
    res.setHeader('Content-Type', 'text/plain');
    res.end('hello\n');
    return;
  }
  if (url.pathname === '/echo') {
    res.writeHead(200, { 'Content-Type': 'application/json' });
    const pieces = [];
    req.on('data', (piece) => pieces.push(piece));
    req.on('end', () =>
      res.end(JSON.stringify({ method: req.method, url: req.url, body: String(Buffer.concat(pieces)) })),
    );
    return;
  }
  res.statusCode = 404;
  res.end('not found\n');
});

server.listen(process.env.PORT ?? 3000);
