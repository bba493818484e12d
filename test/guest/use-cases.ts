/** Threads, and what else applications use. */
import { describe, expect, it } from 'vitest';
import type { Guest } from './guest';

export function threadCases(guest: Guest): void {
  describe('a thread that is started', () => {
    const inThread = (source: string) => `
    const { Worker } = require('worker_threads');
    const worker = new Worker(${JSON.stringify(`
      const { parentPort } = require('worker_threads');
      Promise.resolve((async () => { ${source} })()).then(
        (returned) => parentPort.postMessage(returned),
        (error) => parentPort.postMessage(error.code ?? error.message));`)}, { eval: true });
    return new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))`;

    it('computes', async () => {
      expect(await guest.run(inThread('return 6 * 7'))).toBe(42);
    });

    it.each([
      [
        'kill itself',
        'process.kill(process.pid)',
        "process.kill(process.pid, 'SIGTERM') is for the main thread of the application",
      ],
      ['kill the server', 'process.kill(process.ppid)', 'ERR_TSGI_REFUSED'],
      ['change the mask', 'process.umask(0)', 'ERR_TSGI_REFUSED'],
      ['take the native binding', 'return typeof process._linkedBinding("tsgi").attach', 'undefined'],
    ])('cannot %s', async (_what, source, told) => {
      expect(await guest.run(inThread(source))).toBe(told);
    });

    it('ends alone', async () => {
      const code = `
      const { Worker } = require('worker_threads');
      return new Promise((resolve) => new Worker('process.exit(7)', { eval: true }).on('exit', resolve))`;
      expect(await guest.run(code)).toBe(7);
    });

    it('starts others, which are guests as well', async () => {
      const nested = inThread(`process.kill(process.ppid)`).replaceAll('return new', 'return await new');
      expect(await guest.run(inThread(nested))).toBe('ERR_TSGI_REFUSED');
    });
  });
}

const uses: Array<[what: string, code: string, expected: unknown]> = [
  [
    'timers',
    `const { setTimeout: delay } = require('timers/promises'); return [await delay(1, 'late'), await new Promise((resolve) => setImmediate(resolve, 'soon'))]`,
    ['late', 'soon'],
  ],
  ['DNS', `return (await require('dns').promises.lookup('localhost', { family: 4 })).address`, '127.0.0.1'],
  ['fs promises', `return (await require('fs').promises.readFile('/proc/self/comm', 'utf8')).length > 1`, true],
  [
    'crypto in the thread pool',
    `return (await require('util').promisify(require('crypto').scrypt)('a', 'b', 4)).length`,
    4,
  ],
  ['compression', `const zlib = require('zlib'); return zlib.gunzipSync(zlib.gzipSync('text')).toString()`, 'text'],
  [
    'the cookies in headers of Fetch',
    `const headers = new Headers(); headers.append('Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'); headers.append('Set-Cookie', 'b=2'); return [headers.getSetCookie(), new Response().headers.getSetCookie(), Object.getOwnPropertyDescriptor(globalThis, 'fetch').writable]`,
    [['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'], [], true],
  ],
  ['WebAssembly', `return WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))`, true],
  ['Intl', `return new Intl.NumberFormat('de').format(1234.5)`, '1.234,5'],
  [
    'a package with a Node-API add-on',
    `const { mask } = require('bufferutil'); const out = Buffer.alloc(4); mask(Buffer.from([1, 2, 3, 4]), Buffer.from([1, 1, 1, 1]), out, 0, 4); return [...out, require.resolve('bufferutil') !== undefined, Object.keys(require.cache).some((path) => path.endsWith('.node'))]`,
    [0, 3, 2, 5, true, true],
  ],
];

export function useCases(guest: Guest): void {
  describe('what applications use', () => {
    it('AsyncLocalStorage tells requests apart', async () => {
      const code = (name: string) => `
      return storage.run('${name}', async () => {
        const seen = [];
        kept.meet ??= new Promise((resolve) => (kept.go = resolve));
        for (let round = 0; round < 3; round++) {
          await new Promise((resolve) => setImmediate(resolve));
          seen.push(storage.getStore());
        }
        if ('${name}' === 'second') kept.go();
        await kept.meet;
        await require('fs').promises.stat('/');
        seen.push(storage.getStore());
        return seen;
      })`;
      const [first, second] = await Promise.all([guest.run(code('first')), guest.run(code('second'))]);
      expect(first).toEqual(Array(4).fill('first'));
      expect(second).toEqual(Array(4).fill('second'));
    });

    it.each(uses)('%s', async (_what, code, expected) => {
      expect(await guest.run(code)).toEqual(expected);
    });

    it('fetch of a server of its own, and a request of the server that it is in', async () => {
      const code = `
      const server = require('http').createServer((req, res) => res.end('own ' + req.url));
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const own = await (await fetch('http://127.0.0.1:' + server.address().port + '/path')).text();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      const answer = await new Promise((resolve) => require('http').get('http://127.0.0.1:${guest.site.port}/main-mjs', { agent: false }, resolve));
      let main = '';
      for await (const chunk of answer) main += chunk;
      return [own, JSON.parse(main).main]`;
      expect(await guest.run(code)).toEqual(['own /path', true]);
    });
  });
}
