import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { lint, type Application } from '../../src/index';
import { requestLog, staticFiles, type StaticFilesOptions } from '../../src/middleware/index';
import { run } from '../spec/host';
import { serve } from './served';

const folder = mkdtempSync(join(tmpdir(), 'tsgi-static-'));
const root = join(folder, 'public');
const PAGE = '<h1>page</h1>';
const DATE = 'Sat, 01 Jan 2022 00:00:00 GMT';

function put(name: string, text: string): void {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, new Date(DATE), new Date(DATE));
}

put('page.html', PAGE);
put('style.css', 'p {}');
put('photo.jpg', 'jpeg');
put('README', 'read me');
put('café menu.txt', 'soup');
put('100%.txt', 'whole');
put('empty.txt', '');
put('docs/index.html', 'the docs');
put('bare/file.txt', 'x');
put('back\\slash.txt', 'on other systems, slash.txt of the folder back');
put('.secret', 'hidden');
put('.git/config', 'hidden');
put('trap/..hidden', 'dots');
writeFileSync(join(folder, 'outside.txt'), 'outside');
mkdirSync(join(folder, 'public-too'));
writeFileSync(join(folder, 'public-too/file.txt'), 'outside');
symlinkSync(join(folder, 'outside.txt'), join(root, 'way-out.txt'));
symlinkSync(join(folder, 'public-too'), join(root, 'way-over'));
symlinkSync('page.html', join(root, 'way-in.html'));
symlinkSync('nowhere', join(root, 'dangling'));
symlinkSync('public', join(folder, 'current'));
execFileSync('mkfifo', [join(root, 'pipe')]);

/** Descriptors that are open below the folder. */
const openFiles = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return []; // it was the listing's own
    }
  });

afterEach(() => {
  expect(openFiles(), 'files that nobody has closed').toEqual([]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inside: Application = lint((environ, startResponse) => {
  startResponse('200 OK', [['X-Inside', 'yes']]);
  return [`inside ${environ.REQUEST_METHOD} ${environ.SCRIPT_NAME}|${environ.PATH_INFO}`];
});

const files = (options: Partial<StaticFilesOptions> = {}) => serve(staticFiles(undefined, { root, ...options }));
const through = (options: Partial<StaticFilesOptions> = {}) => serve(staticFiles(inside, { root, ...options }));

describe('a file', () => {
  test.each([
    ['/page.html', PAGE, 'text/html; charset=utf-8'],
    ['/style.css', 'p {}', 'text/css; charset=utf-8'],
    ['/photo.jpg', 'jpeg', 'image/jpeg'],
    ['/README', 'read me', 'application/octet-stream'],
    ['/caf%C3%A9%20menu.txt', 'soup', 'text/plain; charset=utf-8'],
    ['/100%25.txt', 'whole', 'text/plain; charset=utf-8'],
    ['/empty.txt', '', 'text/plain; charset=utf-8'],
    ['/docs/', 'the docs', 'text/html; charset=utf-8'],
    ['/way-in.html', PAGE, 'text/html; charset=utf-8'],
    ['/trap/', undefined, ''],
  ])('%s', async (path, text, type) => {
    const response = await files()(path);
    expect(response.status).toBe(text === undefined ? 404 : 200);
    if (text !== undefined) {
      expect(response).toMatchObject({ text, complete: true, contentLength: Buffer.byteLength(text) });
      expect(response.header('content-type')).toBe(type);
      expect(response.header('last-modified')).toBe(DATE);
      expect(response.header('etag')).toMatch(/^"[\w-]+"$/);
      expect(response.header('accept-ranges')).toBe('bytes');
      expect(response.header('cache-control')).toBeUndefined();
    }
  });

  test('is sent by the server itself, whatever stands around', async () => {
    const blocks = (sendfile: boolean) =>
      serve(requestLog(lint(staticFiles(inside, { root })), { sink: () => undefined }), { sendfile })('/page.html');
    expect(await blocks(true)).toMatchObject({ status: 200, text: PAGE });
    expect(await blocks(false)).toMatchObject({ status: 200, text: PAGE });
  });

  test('is sent by a server that has no tsgi.file_wrapper', async () => {
    const outcome = await run(staticFiles(undefined, { root }), { environ: { PATH_INFO: '/page.html' } });
    expect(outcome).toMatchObject({ status: '200 OK', body: PAGE, violations: [] });
  });

  test('has no content in the answer to HEAD', async () => {
    const response = await files()({ method: 'HEAD', path: '/page.html' });
    expect(response).toMatchObject({ status: 200, text: '', contentLength: PAGE.length });
    expect(response.header('etag')).toBe((await files()('/page.html')).header('etag'));
  });

  test('has a weak ETag as long as it may change without another time, and no part by it', async () => {
    const path = join(root, 'fresh.txt');
    const ask = async (condition: string, more: Record<string, string> = {}) => {
      const soon = new Date(Date.now() + 1000 * 60);
      writeFileSync(path, 'fresh');
      utimesSync(path, soon, soon);
      const etag = (await files()('/fresh.txt')).header('etag') ?? '';
      expect(etag).toMatch(/^W\/"/);
      return (await files()({ path: '/fresh.txt', headers: { [condition]: etag, ...more } })).status;
    };
    expect(await ask('If-None-Match')).toBe(304);
    expect(await ask('If-Match')).toBe(412);
    expect(await ask('If-Range', { Range: 'bytes=0-1' })).toBe(200);
  });

  test('changed in the time to come has no such date', async () => {
    put('future.txt', 'x');
    utimesSync(join(root, 'future.txt'), new Date('2100-01-01'), new Date('2100-01-01'));
    const date = Date.parse((await files()('/future.txt')).header('last-modified') ?? '');
    expect(date).toBeLessThanOrEqual(Date.now());
  });

  test('may be cached as long as is said', async () => {
    const caching = async (options: Partial<StaticFilesOptions>) =>
      (await files(options)('/page.html')).header('cache-control');
    expect(await caching({ maxAge: 60 })).toBe('public, max-age=60');
    expect(await caching({ immutable: true })).toBe('public, max-age=31536000, immutable');
    expect(await caching({ immutable: true, maxAge: 5 })).toBe('public, max-age=5, immutable');
  });

  test('is closed when the client has gone before the answer', async () => {
    const application = staticFiles(undefined, { root });
    const gone = new Error('gone');
    const environ = { PATH_INFO: '/page.html' };
    const outcome = await run(
      (env, _start) =>
        application(env, () => {
          throw gone;
        }),
      { environ, bare: true },
    );
    expect(outcome.error).toBe(gone);
  });
});

describe('what is refused', () => {
  test.each([
    ['/nothing', 404],
    ['/page.html/', 404],
    ['/page.html/more', 404],
    ['/bare/', 404],
    ['/bare', 404],
    ['/dangling', 404],
    ['/pipe', 404],
    [`/${'x'.repeat(300)}`, 404],
    ['/.secret', 404],
    ['/.git/config', 404],
    ['/docs/../page.html', 404],
    ['/../outside.txt', 404],
    ['/%2e%2e/outside.txt', 404],
    ['/..%2foutside.txt', 404],
    ['/docs/%2e%2e/%2e%2e/outside.txt', 404],
    ['/./page.html', 404],
    ['/..%5coutside.txt', 404],
    ['/docs%5cindex.html', 404],
    ['/back%5cslash.txt', 404],
    ['//page.html', 404],
    ['//docs', 404],
    ['/docs//index.html', 404],
    ['/way-out.txt', 404],
    ['/way-over/file.txt', 404],
    ['/page.html%00', 400],
    ['/caf%E9', 400],
    ['/%zz', 400],
    ['/page.html%', 400],
  ])('%s: %i', async (path, status) => {
    const response = await files()(path);
    expect(response.status).toBe(status);
    expect(response.header('content-type')).toMatch(/^text\/plain/);
  });

  test('links may be let out, dotfiles be shown, and .. be neither', async () => {
    expect((await files({ symlinks: 'anywhere' })('/way-out.txt')).text).toBe('outside');
    const ask = files({ dotfiles: true });
    expect((await ask('/.secret')).text).toBe('hidden');
    expect((await ask('/trap/..hidden')).text).toBe('dots');
    expect((await ask('/../outside.txt')).status).toBe(404);
    expect((await ask('/trap/.')).status).toBe(404);
  });

  test('a root that is a link is one', async () => {
    expect((await files({ root: join(folder, 'current') })('/page.html')).text).toBe(PAGE);
    expect((await files({ root: pathToFileURL(root) })('/page.html')).text).toBe(PAGE);
  });

  test('other methods', async () => {
    const response = await files()({ method: 'POST', path: '/page.html', body: 'x' });
    expect(response.status).toBe(405);
    expect(response.header('allow')).toBe('GET, HEAD');
  });

  test.each<[string, Partial<StaticFilesOptions>]>([
    ['a relative root', { root: 'public' }],
    ['a prefix without a slash', { prefix: 'static' }],
    ['a negative age', { maxAge: -1 }],
  ])('%s', (_name, options) => {
    expect(() => staticFiles(undefined, { root, ...options })).toThrow(TypeError);
  });
});

describe('folders', () => {
  test('get the slash that links in them need, and keep mount and query', async () => {
    const response = await files({ prefix: '/static' })({ path: '/app/static/docs?a=1&b=%20', mount: '/app' });
    expect(response.status).toBe(301);
    expect(response.header('location')).toBe('/app/static/docs/?a=1&b=%20');
  });

  test('the root itself too', async () => {
    put('index.html', 'front');
    const response = await files()({ path: '/app', mount: '/app' });
    expect(response).toMatchObject({ status: 301 });
    expect(response.header('location')).toBe('/app/');
    expect((await files()({ path: '/app/', mount: '/app' })).text).toBe('front');
  });

  test('another index, and none', async () => {
    expect((await files({ index: 'file.txt' })('/bare/')).text).toBe('x');
    expect((await files({ index: false })('/docs/')).status).toBe(404);
    expect((await files({ index: false })('/docs')).status).toBe(404);
  });

  test('an escaped path is escaped in the redirection', async () => {
    put('a b/index.html', 'x');
    expect((await files()('/a%20b')).header('location')).toBe('/a%20b/');
  });
});

describe('the application inside', () => {
  test('gets what is no file here, with nothing moved', async () => {
    const ask = through({ prefix: '/static' });
    const below = (path: string) => ask({ path, mount: '/app' });
    expect((await below('/app/static/page.html')).text).toBe(PAGE);
    expect((await below('/app/static/nothing')).text).toBe('inside GET /app|/static/nothing');
    expect((await below('/app/statics')).text).toBe('inside GET /app|/statics');
    expect((await below('/app/page.html')).text).toBe('inside GET /app|/page.html');
    expect((await ask({ method: 'POST', path: '/static/page.html', body: '' })).text).toMatch(/^inside POST/);
    expect((await below('/app/static/%zz')).text).toMatch(/^inside/);
    expect((await below('/app/static/bare')).text).toMatch(/^inside/);
  });

  test('gets nothing below the prefix where that is so told', async () => {
    const ask = through({ prefix: '/static', fallthrough: false });
    expect((await ask('/static/nothing')).status).toBe(404);
    expect((await ask({ method: 'DELETE', path: '/static/page.html' })).status).toBe(405);
    expect((await ask('/else')).text).toMatch(/^inside/);
  });
});

describe('preconditions', () => {
  const etagOf = async () => (await files()('/page.html')).header('etag') ?? '';
  const ask = async (headers: Record<string, string>) => (await files()({ path: '/page.html', headers })).status;

  test('304 has no content and tells what caches need', async () => {
    const etag = await etagOf();
    const response = await files({ maxAge: 9 })({ path: '/page.html', headers: { 'If-None-Match': etag } });
    expect(response).toMatchObject({ status: 304, text: '', complete: true });
    expect(response.header('etag')).toBe(etag);
    expect(response.header('cache-control')).toBe('public, max-age=9');
    expect(response.header('content-type')).toBeUndefined();
  });

  test('of the ETag', async () => {
    const etag = await etagOf();
    expect(await ask({ 'If-None-Match': `"x", W/${etag}` })).toBe(304);
    expect(await ask({ 'If-None-Match': '*' })).toBe(304);
    expect(await ask({ 'If-None-Match': '"x"' })).toBe(200);
    expect(await ask({ 'If-Match': `"x",${etag}` })).toBe(200);
    expect(await ask({ 'If-Match': '*' })).toBe(200);
    expect(await ask({ 'If-Match': `W/${etag}` })).toBe(412);
    expect(await ask({ 'If-Match': '"x"' })).toBe(412);
  });

  test('of the date, where there is none of the ETag', async () => {
    const earlier = 'Fri, 31 Dec 2021 23:59:59 GMT';
    expect(await ask({ 'If-Modified-Since': DATE })).toBe(304);
    expect(await ask({ 'If-Modified-Since': earlier })).toBe(200);
    expect(await ask({ 'If-Modified-Since': 'yesterday' })).toBe(200);
    expect(await ask({ 'If-Modified-Since': DATE, 'If-None-Match': '"x"' })).toBe(200);
    expect(await ask({ 'If-Unmodified-Since': DATE })).toBe(200);
    expect(await ask({ 'If-Unmodified-Since': earlier })).toBe(412);
    expect(await ask({ 'If-Unmodified-Since': earlier, 'If-Match': '*' })).toBe(200);
  });
});

describe('ranges', () => {
  const ask = (Range: string, more: Record<string, string> = {}, method = 'GET') =>
    files()({ method, path: '/page.html', headers: { Range, ...more } });

  test.each([
    ['bytes=0-3', 0, 3],
    ['bytes=4-', 4, 12],
    ['bytes=-4', 9, 12],
    ['bytes=-99', 0, 12],
    ['bytes=5-99', 5, 12],
  ])('%s', async (range, first, last) => {
    const response = await ask(range);
    expect(response).toMatchObject({ status: 206, text: PAGE.slice(first, last + 1), contentLength: last - first + 1 });
    expect(response.header('content-range')).toBe(`bytes ${first}-${last}/13`);
  });

  test.each(['bytes=13-', 'bytes=99-100', 'bytes=-0'])('%s cannot be satisfied', async (range) => {
    const response = await ask(range);
    expect(response.status).toBe(416);
    expect(response.header('content-range')).toBe('bytes */13');
  });

  test.each(['bytes=3-1', 'bytes=-', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,3-4'])('%s is ignored', async (range) => {
    expect(await ask(range)).toMatchObject({ status: 200, text: PAGE });
  });

  test('of the file that the client knows', async () => {
    const etag = (await files()('/page.html')).header('etag') ?? '';
    expect((await ask('bytes=0-3', { 'If-Range': etag })).status).toBe(206);
    expect((await ask('bytes=0-3', { 'If-Range': DATE })).status).toBe(206);
    expect((await ask('bytes=0-3', { 'If-Range': `W/${etag}` })).status).toBe(200);
    expect((await ask('bytes=0-3', { 'If-Range': '"x"' })).status).toBe(200);
    expect((await ask('bytes=0-3', { 'If-Range': 'Sat, 01 Jan 2022 00:00:01 GMT' })).status).toBe(200);
  });

  test('HEAD has none', async () => {
    expect(await ask('bytes=0-3', {}, 'HEAD')).toMatchObject({ status: 200, contentLength: 13 });
  });
});
