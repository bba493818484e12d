import { describe, expect, test } from 'vitest';
import { decodePath, decodeText, lint, type Application } from '../../src/index';
import { urlMap } from '../../src/middleware/index';
import { run } from '../spec/host';

/** An application that tells who it is and where it finds itself. */
function named(name: string): Application {
  return lint((environ, startResponse) => {
    startResponse('200 OK', []);
    return [`${name} ${decodeText(environ.SCRIPT_NAME)}|${decodePath(environ)}`];
  });
}

const map = urlMap({ '/blog': named('blog'), '/blog/admin/': named('admin'), '/café': named('café') });

async function at(application: Application, SCRIPT_NAME: string, PATH_INFO: string): Promise<string> {
  const outcome = await run(application, { environ: { SCRIPT_NAME, PATH_INFO } });
  expect(outcome.violations).toEqual([]);
  return outcome.status === '200 OK' ? outcome.body : outcome.status;
}

describe('urlMap', () => {
  test.each([
    ['/blog', 'blog /app/blog|'],
    ['/blog/', 'blog /app/blog|/'],
    ['/blog/2024/x', 'blog /app/blog|/2024/x'],
    ['/blog/admin', 'admin /app/blog/admin|'],
    ['/blog/admin/users', 'admin /app/blog/admin|/users'],
    ['/blog/administrator', 'blog /app/blog|/administrator'],
    ['/caf\xc3\xa9/x', 'café /app/café|/x'],
    ['/blogger', '404 Not Found'],
    ['/', '404 Not Found'],
    ['', '404 Not Found'],
  ])('%j', async (path, expected) => {
    expect(await at(map, '/app', path)).toBe(expected);
  });

  test('the empty prefix, or a slash, takes what is left and moves nothing', async () => {
    for (const rest of ['', '/']) {
      const front = urlMap({ '/blog': named('blog'), [rest]: named('front') });
      expect(await at(front, '', '/blog/x')).toBe('blog /blog|/x');
      expect(await at(front, '', '/other')).toBe('front |/other');
      expect(await at(front, '/app', '')).toBe('front /app|');
    }
  });

  test('maps may be nested', async () => {
    const nested = urlMap({ '/a': urlMap({ '/b': named('inner') }) });
    expect(await at(nested, '', '/a/b/c')).toBe('inner /a/b|/c');
  });

  test('what takes the rest may be another application', async () => {
    expect(await at(urlMap({}, named('rest')), '/app', '/x')).toBe('rest /app|/x');
  });

  test.each(['blog', '/blog//', '//'])('%j is no prefix', (prefix) => {
    expect(() => urlMap({ [prefix]: named('x') })).toThrow(TypeError);
  });
});
