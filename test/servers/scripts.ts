/** Scripts that a request chooses: those of a directory, and those that it names. */
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnySite } from '../support/site';
import { app } from './app';
import { askEnviron } from './environ';
import { askStatus } from './mounts';

interface Own {
  /** Statuses of a path with a NUL in it, and of one that climbs out of the URI by encoded slashes. */
  nul: number;
  climbing: number;
  logs: Record<'noScript' | 'missing' | 'climbing' | 'outside' | 'notBelow', readonly RegExp[]>;
}

const SCRIPTS = 'scripts';
const scriptsIn = (site: AnySite) => join(site.folder, SCRIPTS);

/** Makes the directory, and tells where it is. */
export function writeScripts(folder: string): string {
  const scripts = join(folder, SCRIPTS);
  for (const below of ['shop/deep', '.hidden', 'node_modules/package', 'dir.ts']) {
    mkdirSync(join(scripts, below), { recursive: true });
  }
  const files = [
    ...['a.mjs', 'shop/b.mjs', 'shop/deep/c.mjs', '.hidden/d.mjs', 'node_modules/package/e.mjs', '.f.mjs'],
    ...['../outside.mjs', 'plain.txt', 'dir.ts/g.mjs', 'with space.mjs', 'shop/index.mjs'],
  ];
  for (const file of files) {
    cpSync(app('environ.mjs'), join(scripts, file));
  }
  symlinkSync('../outside.mjs', join(scripts, 'out.mjs'));
  symlinkSync('..', join(scripts, 'up'));
  symlinkSync('shop/b.mjs', join(scripts, 'in.mjs'));
  return scripts;
}

export async function askScript(site: AnySite, target: string): Promise<(string | undefined)[]> {
  const environ = await askEnviron(site, target);
  return [environ['SCRIPT_NAME'], environ['PATH_INFO'], environ['SCRIPT_FILENAME']];
}

/** `site` has the directory at /apps/, at /bare, and at /above with the mount /above/v1; /by/NAME names NAME.mjs in it. */
export function scriptCases(site: AnySite, own: Own): void {
  directoryCases(site, own);
  boundaryCases(site, own);
  namedCases(site, own);
}

function directoryCases(site: AnySite, own: Own): void {
  describe('a directory', () => {
    it('serves the scripts below it, each as a mount of its own', async () => {
      expect(await askScript(site, '/apps/a.mjs')).toEqual(['/apps/a.mjs', '', join(scriptsIn(site), 'a.mjs')]);
      expect(await askScript(site, '/apps/shop/b.mjs/cart/1')).toEqual([
        '/apps/shop/b.mjs',
        '/cart/1',
        join(scriptsIn(site), 'shop/b.mjs'),
      ]);
      expect(await askScript(site, '/apps/shop/deep/c.mjs/')).toEqual([
        '/apps/shop/deep/c.mjs',
        '/',
        join(scriptsIn(site), 'shop/deep/c.mjs'),
      ]);
      expect(await askScript(site, '/apps/with%20space.mjs/x')).toEqual([
        '/apps/with space.mjs',
        '/x',
        join(scriptsIn(site), 'with space.mjs'),
      ]);
      expect((await askScript(site, '/bare/a.mjs/x')).slice(0, 2)).toEqual(['/bare/a.mjs', '/x']);
      expect((await askScript(site, '/above/v1/a.mjs/x')).slice(0, 2)).toEqual(['/above/v1/a.mjs', '/x']);
    });

    it('serves nothing else: no listing, no index, nothing that is almost named', async () => {
      site.allowLog(...own.logs.noScript);
      const refused = [
        ...['/apps/', '/apps/shop', '/apps/shop/', '/apps/none.mjs', '/apps/plain.txt', '/apps/a.mjsx', '/apps/a'],
        ...['/apps/.f.mjs', '/apps/.hidden/d.mjs', '/apps/node_modules/package/e.mjs', '/apps/dir.ts', '/apps/shop/.'],
        ...['/apps/plain.txt/x', '/bare', '/barea.mjs', '/apps/a.mjs%00.txt', '/apps/shop/none/b.mjs', '/apps/shop/b'],
      ];
      for (const target of refused) {
        expect([target, await askStatus(site, target)]).toEqual([target, target.includes('%00') ? own.nul : 404]);
      }
      expect(await askStatus(site, '/apps/dir.ts/g.mjs')).toBe(200);
    });

    it('is behind its mount', async () => {
      site.expectLog(...own.logs.notBelow);
      expect(await askStatus(site, '/above/a.mjs')).toBe(404);
    });
  });
}

function boundaryCases(site: AnySite, own: Own): void {
  describe('a directory', () => {
    it('cannot be left upwards', async () => {
      site.allowLog(...own.logs.noScript, ...own.logs.climbing);
      expect(await askStatus(site, '/apps/../outside.mjs')).toBe(404);
      expect(await askStatus(site, '/apps/%2e%2e/outside.mjs')).toBe(404);
      expect(await askStatus(site, '/apps/..%2foutside.mjs')).toBe(404);
      expect(await askStatus(site, '/apps/shop/..%2f..%2f..%2foutside.mjs')).toBe(own.climbing);
      expect(await askStatus(site, '/../../outside.mjs')).toBe(400);
    });

    it('cannot be left by a symbolic link; links inside are good', async () => {
      site.expectLog(...own.logs.outside);
      expect(await askStatus(site, '/apps/out.mjs')).toBe(403);
      expect(await askStatus(site, '/apps/up/outside.mjs')).toBe(403);
      expect((await askScript(site, '/apps/in.mjs/x')).slice(0, 2)).toEqual(['/apps/in.mjs', '/x']);
    });
  });
}

function namedCases(site: AnySite, own: Own): void {
  describe('a script that a request names', () => {
    it('is found when it comes later, and missed when it has gone', async () => {
      site.expectLog(...own.logs.missing);
      expect(await askStatus(site, '/by/late')).toBe(404);
      cpSync(app('environ.mjs'), join(scriptsIn(site), 'late.mjs'));
      expect(await askStatus(site, '/by/late')).toBe(200);
      rmSync(join(scriptsIn(site), 'late.mjs'));
      expect(await askStatus(site, '/by/late')).toBe(404);
      site.expectLog(/TSGI1020 /, /TSGI3141 .*late\.mjs/); // it has changed, to nothing
      await site.whenLogged(/TSGI3141 .*late\.mjs/);
    });
  });

  describe('an application of a directory that cannot be loaded', () => {
    it('answers 503 and leaves its neighbours alone', async () => {
      site.expectLog(/TSGI1020 .*SyntaxError/);
      site.allowLog(/TSGI1020/, /TSGI1024/);
      writeFileSync(join(scriptsIn(site), 'wrong.mjs'), 'export const application = ;\n');
      expect(await askStatus(site, '/apps/wrong.mjs')).toBe(503);
      expect(await askStatus(site, '/apps/a.mjs')).toBe(200);
    });
  });
}
