import { hello } from './hello.mjs';

/**
 * What a browser sends; the twelfth is Host.
 * @type {import('../lib/peer.mjs').Workload}
 */
export const headers = {
  ...hello,
  name: 'headers',
  title: 'the same GET with 12 request headers',
  request: {
    ...hello.request,
    fields: [
      ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
      ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'],
      ['Accept-Language', 'en-GB,en;q=0.7,de;q=0.3'],
      ['Accept-Encoding', 'gzip, deflate, br, zstd'],
      ['Referer', 'http://127.0.0.1/account/orders?page=2'],
      ['Cookie', 'session=5f2b1c0e9d8a47f6b3c2d1e0f9a8b7c6; theme=dark; consent=necessary'],
      ['Upgrade-Insecure-Requests', '1'],
      ['Sec-Fetch-Dest', 'document'],
      ['Sec-Fetch-Mode', 'navigate'],
      ['Sec-Fetch-Site', 'same-origin'],
      ['X-Correlation-Id', '7c0c5f8e-3b52-4a8e-9a55-0d9a1a1f6b1e'],
    ],
  },
};
