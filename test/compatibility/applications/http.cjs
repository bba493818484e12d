// A server of node:http alone.
const http = require('node:http');
const fs = require('node:fs');

const server = http.createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost');
  const route = routes[`${pathname}`];
  if (route === undefined) {
    res.statusCode = 404;
    res.end('not found\n');
    return;
  }
  route(req, res, searchParams);
});

const routes = {
  '/'(req, res) {
    res.setHeader('Content-Type', 'text/plain');
    res.end('hello\n');
  },

  '/echo'(req, res) {
    res.writeHead(200, { 'Content-Type': 'application/json' });
    collect(req).then((body) => res.end(JSON.stringify({ method: req.method, url: req.url, body: String(body) })));
  },

  async '/iterated'(req, res) {
    const sizes = [];
    for await (const piece of req) {
      sizes.push(piece.length);
    }
    res.end(String(sizes.reduce((sum, size) => sum + size, 0)));
  },

  '/facts'(req, res) {
    res.end(
      JSON.stringify({
        method: req.method,
        version: req.httpVersion,
        headers: req.headers,
        complete: req.complete,
        encrypted: req.socket.encrypted ?? false,
        port: typeof req.socket.remotePort,
        address: req.socket.remoteAddress,
      }),
    );
  },

  '/raw'(req, res) {
    res.writeHead(200, 'As It Is', ['X-A', '1', 'X-B', '2', 'x-a', '3']);
    res.end('raw');
  },

  '/cookies'(req, res) {
    res.setHeader('Set-Cookie', ['a=1', 'b=2']);
    res.end();
  },

  '/length'(req, res) {
    res.writeHead(200, { 'Content-Length': 5 });
    res.write('12');
    setTimeout(() => res.end('345'), 3);
  },

  '/short'(req, res) {
    res.writeHead(200, { 'Content-Length': 50 });
    res.write('too short', () => res.socket.destroy());
  },

  '/trailers'(req, res) {
    res.writeHead(200, { Trailer: 'X-Sum' });
    res.write('body');
    res.addTrailers({ 'X-Sum': '4' });
    res.end();
  },

  '/hints'(req, res) {
    res.writeEarlyHints({ link: '</style.css>; rel=preload' });
    res.end('hinted');
  },

  '/processing'(req, res) {
    res.writeProcessing();
    res.end('processed');
  },

  '/file'(req, res) {
    res.setHeader('Content-Type', 'text/plain');
    fs.createReadStream(`${__dirname}/express/public/numbers.txt`).pipe(res);
  },

  '/missing'(req, res) {
    fs.createReadStream('/nowhere')
      .on('error', (error) => {
        res.statusCode = 500;
        res.end(error.code);
      })
      .pipe(res);
  },

  '/status'(req, res, query) {
    res.writeHead(Number(query.get('code')));
    res.end('a body');
  },

  '/chunks'(req, res) {
    let count = 0;
    const next = () => (count < 100 ? res.write(`chunk ${count++}\n`, next) : res.end());
    next();
  },

  '/corked'(req, res) {
    res.cork();
    res.write('one ');
    res.write('two ');
    res.uncork();
    res.end('three');
  },

  '/timeout'(req, res) {
    res.setTimeout(10, () => res.writeHead(503).end('too late'));
  },

  '/destroyed'(req, res) {
    res.destroy();
  },

  '/late'(req, res) {
    res.end('before');
    res.on('error', () => undefined);
    res.write('after');
  },

  '/never-read'(req, res) {
    res.writeHead(413, { Connection: 'close' });
    res.end('too much');
  },

  '/hop'(req, res) {
    res.writeHead(200, { Connection: 'close', 'X-Kept': 'yes' });
    res.end('hop');
  },

  '/latin1'(req, res) {
    res.setHeader('X-Latin', 'caf\u00e9');
    res.end(Buffer.from('x'));
  },

  '/refused'(req, res) {
    const codes = [];
    for (const attempt of [
      () => res.setHeader('a b', '1'),
      () => res.setHeader('X-A', 'a\nb'),
      () => res.writeHead(99),
      () => res.write(5),
    ]) {
      try {
        attempt();
      } catch (error) {
        codes.push(error.code);
      }
    }
    res.end(codes.join(' '));
  },
};

async function collect(stream) {
  const pieces = [];
  for await (const piece of stream) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

server.listen(process.env.PORT ?? 3000);
