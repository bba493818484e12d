/** Where an application begins: SCRIPT_NAME, PATH_INFO and REQUEST_URI. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnySite } from '../support/site';
import { app } from './app';
import { askEnviron } from './environ';

interface Own {
  /** Where files are served from. */
  documents: () => string;
  /** The status of the file /application: 404 where the server chooses the prefix /app by its letters. */
  beside: 200 | 404;
  /** The status of /app%2Fx. */
  encodedSlash: number;
  /** What the server logs of a request that is not below its mount. */
  notBelow: readonly RegExp[];
}

export async function askMount(site: AnySite, target: string): Promise<(string | undefined)[]> {
  const environ = await askEnviron(site, target);
  return [environ['SCRIPT_NAME'], environ['PATH_INFO'], environ['REQUEST_URI']];
}

export const askStatus = async (site: AnySite, target: string, method = 'GET'): Promise<number | undefined> =>
  (await site.request({ target, method })).status;

/**
 * `site` has `environ.mjs` at /app, /slash/, "/with space" and /caf\u00e9; by the regular expression ^/given/.* at the mount
 * /given; at /mounted-at-root at the root, and at /mounted-above at the mount /mounted-above/v1/.
 */
export function mountCases(site: AnySite, own: Own): void {
  prefixCases(site, own);
  givenMountCases(site, own);
  anyMountCases(site);
}

function prefixCases(site: AnySite, own: Own): void {
  describe('a prefix', () => {
    it('ends at a slash or at the end of the path', async () => {
      writeFileSync(join(own.documents(), 'application'), 'a file');
      expect(await askMount(site, '/app')).toEqual(['/app', '', '/app']);
      expect(await askMount(site, '/app/')).toEqual(['/app', '/', '/app/']);
      expect(await askMount(site, '/app/a/b/')).toEqual(['/app', '/a/b/', '/app/a/b/']);
      const beside = await site.request('/application');
      expect([beside.status, beside.body.toString() === 'a file']).toEqual([own.beside, own.beside === 200]);
      expect(await askStatus(site, '/app.html')).toBe(404);
      expect(await askStatus(site, '/app%2Fx')).toBe(own.encodedSlash);
    });

    it('with a slash at its end is the same mount', async () => {
      writeFileSync(join(own.documents(), 'slashes'), 'a file');
      expect(await askMount(site, '/slash/')).toEqual(['/slash', '/', '/slash/']);
      expect(await askMount(site, '/slash/x')).toEqual(['/slash', '/x', '/slash/x']);
      expect(await site.text('/slashes')).toBe('a file');
    });

    it('is the path as the server has normalised it', async () => {
      expect(await askMount(site, '/x/../app//a/./b')).toEqual(['/app', '/a/b', '/x/../app//a/./b']);
      expect(await askMount(site, '/%61pp/%2e%2e/app/x')).toEqual(['/app', '/x', '/%61pp/%2e%2e/app/x']);
    });

    it('may hold spaces and bytes beyond ASCII', async () => {
      expect(await askMount(site, '/with%20space/x')).toEqual(['/with space', '/x', '/with%20space/x']);
      expect(await askMount(site, '/caf%C3%A9/%C3%A9')).toEqual([
        '/caf\u00c3\u00a9',
        '/\u00c3\u00a9',
        '/caf%C3%A9/%C3%A9',
      ]);
    });
  });
}

function givenMountCases(site: AnySite, own: Own): void {
  describe('mount=', () => {
    it('may be the root, or longer than the prefix', async () => {
      expect(await askMount(site, '/mounted-at-root/x')).toEqual(['', '/mounted-at-root/x', '/mounted-at-root/x']);
      expect(await askMount(site, '/mounted-above/v1/x')).toEqual(['/mounted-above/v1', '/x', '/mounted-above/v1/x']);
      site.expectLog(...own.notBelow);
      expect(await askStatus(site, '/mounted-above/v2/x')).toBe(404);
    });

    it('is the mount of a regular expression', async () => {
      expect(await askMount(site, '/given/a/b')).toEqual(['/given', '/a/b', '/given/a/b']);
    });
  });
}

function anyMountCases(site: AnySite): void {
  describe('a mount', () => {
    it('serves every method', async () => {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
        expect([method, await askStatus(site, '/app', method)]).toEqual([method, 200]);
      }
    });

    it('leaves the document root as it is', async () => {
      const environ = await askEnviron(site, '/app/x');
      expect(environ['DOCUMENT_ROOT']).toBe(site.server.root);
      expect(environ['SCRIPT_FILENAME']).toBe(app('environ.mjs'));
    });
  });
}
