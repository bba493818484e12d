// A handler of the Fetch standard under node:http, as the documentation of Node puts the two together.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export function serve({ fetch }) {
  const server = createServer(async (req, res) => {
    const left = new AbortController();
    res.once('close', () => left.abort());
    const bodyless = req.method === 'GET' || req.method === 'HEAD';
    const request = new Request(new URL(req.url, `http://${req.headers.host ?? 'localhost'}`), {
      method: req.method,
      headers: Object.entries(req.headersDistinct).flatMap(([name, values]) => values.map((value) => [name, value])),
      signal: left.signal,
      ...(bodyless ? {} : { body: Readable.toWeb(req), duplex: 'half' }),
    });
    const response = await fetch(request, {}, {});
    for (const [name, value] of response.headers) {
      // The fetch of Debian's Node 18 gives all cookies as one.
      for (const one of name === 'set-cookie' ? value.split(/, (?=[^;,=]+=)/) : [value]) {
        res.appendHeader(name, one);
      }
    }
    res.writeHead(response.status, response.statusText || undefined);
    if (response.body === null || req.method === 'HEAD') {
      res.end();
    } else {
      await pipeline(Readable.fromWeb(response.body), res).catch(() => res.destroy());
    }
  });
  server.listen(process.env.PORT ?? 3000, '127.0.0.1');
}
