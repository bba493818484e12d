/** Scripts that a request chooses: directories, and tsgi_pass with variables. */
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { app, useNginx } from './nginx';

type Environ = Record<string, string | undefined>;

let scripts = '';

const site = useNginx((folder) => {
  scripts = join(folder, 'scripts');
  for (const below of ['shop/deep', '.hidden', 'node_modules/package', 'dir.ts']) {
    mkdirSync(join(scripts, below), { recursive: true });
  }
  const files = [
    ...['a.mjs', 'shop/b.mjs', 'shop/deep/c.mjs', '.hidden/d.mjs', 'node_modules/package/e.mjs', '.f.mjs'],
    ...['../outside.mjs', 'plain.txt', 'dir.ts/g.mjs', 'with space.mjs'],
  ];
  for (const file of files) {
    cpSync(app('environ.mjs'), join(scripts, file));
  }
  symlinkSync('../outside.mjs', join(scripts, 'out.mjs'));
  symlinkSync('..', join(scripts, 'up'));
  symlinkSync('shop/b.mjs', join(scripts, 'in.mjs'));
  return {
    conf: {
      http: 'tsgi_max_applications 64;',
      server: `
        location /apps/ { tsgi_pass ${scripts}; }
        location /bare { tsgi_pass ${scripts}/; }
        location ~ ^/by/(?<name>[^/]+)(?<rest>/.*)?$ { tsgi_pass ${scripts}/$name.mjs mount=/by; }
        location /any/ { tsgi_pass $arg_script; }
        location /root/ { root ${scripts}; tsgi_pass $document_root; }`,
    },
  };
});

const ask = async (target: string) => {
  const environ = (await site.json(target)) as Environ;
  return [environ['SCRIPT_NAME'], environ['PATH_INFO'], environ['SCRIPT_FILENAME']];
};
const status = async (target: string) => (await site.request(target)).status;
const noScript = /TSGI2022 ".*" is no script/;

describe('a directory', () => {
  it('serves the scripts below it, each as a mount of its own', async () => {
    expect(await ask('/apps/a.mjs')).toEqual(['/apps/a.mjs', '', join(scripts, 'a.mjs')]);
    expect(await ask('/apps/shop/b.mjs/cart/1')).toEqual(['/apps/shop/b.mjs', '/cart/1', join(scripts, 'shop/b.mjs')]);
    expect(await ask('/apps/shop/deep/c.mjs/')).toEqual([
      '/apps/shop/deep/c.mjs',
      '/',
      join(scripts, 'shop/deep/c.mjs'),
    ]);
    expect(await ask('/apps/with%20space.mjs/x')).toEqual([
      '/apps/with space.mjs',
      '/x',
      join(scripts, 'with space.mjs'),
    ]);
    expect((await ask('/bare/a.mjs/x')).slice(0, 2)).toEqual(['/bare/a.mjs', '/x']);
  });

  it('serves nothing else', async () => {
    site.allowLog(noScript);
    const refused = [
      ...['/apps/', '/apps/shop', '/apps/shop/', '/apps/none.mjs', '/apps/plain.txt', '/apps/a.mjsx'],
      ...['/apps/.f.mjs', '/apps/.hidden/d.mjs', '/apps/node_modules/package/e.mjs', '/apps/dir.ts', '/apps/shop/.'],
      ...['/apps/plain.txt/x', '/bare', '/barea.mjs', '/apps/a.mjs%00.txt', '/apps/shop/none/b.mjs'],
    ];
    for (const target of refused) {
      expect([target, await status(target)]).toEqual([target, target.includes('%00') ? 400 : 404]);
    }
    expect(await status('/apps/dir.ts/g.mjs')).toBe(200);
  });

  it('cannot be left upwards', async () => {
    site.allowLog(noScript, /open\(\) ".*\/html\/outside\.mjs" failed/);
    expect(await status('/apps/../outside.mjs')).toBe(404);
    expect(await status('/apps/%2e%2e/outside.mjs')).toBe(404);
    expect(await status('/apps/..%2foutside.mjs')).toBe(404);
    expect(await status('/apps/shop/..%2f..%2f..%2foutside.mjs')).toBe(400);
    expect(await status('/../../outside.mjs')).toBe(400);
  });

  it('cannot be left by a symbolic link; links inside are good', async () => {
    site.expectLog(/TSGI2026 ".*out\.mjs" is ".*outside\.mjs", outside of /, /TSGI2026 ".*up\/outside\.mjs"/);
    expect(await status('/apps/out.mjs')).toBe(403);
    expect(await status('/apps/up/outside.mjs')).toBe(403);
    expect((await ask('/apps/in.mjs/x')).slice(0, 2)).toEqual(['/apps/in.mjs', '/x']);
  });
});

describe('variables', () => {
  it('name a script', async () => {
    expect((await ask('/by/a/x'))[2]).toBe(join(scripts, 'a.mjs'));
    expect(await ask(`/any/x?script=${scripts}/shop/b.mjs`)).toEqual(['/any', '/x', join(scripts, 'shop/b.mjs')]);
  });

  it('name a directory', async () => {
    expect(await ask('/root/shop/b.mjs/x')).toEqual(['/root/shop/b.mjs', '/x', join(scripts, 'shop/b.mjs')]);
  });

  it('that name none lead to 404', async () => {
    site.expectLog(noScript);
    expect(await status('/by/none')).toBe(404);
    expect(await status(`/any/x?script=${scripts}/plain.txt`)).toBe(404);
    expect(await status(`/any/x?script=${scripts}/shop/../a.mjs`)).toBe(404);
    expect(await status('/any/x')).toBe(404);
  });

  it('find a script that comes later, and miss one that has gone', async () => {
    site.expectLog(noScript);
    expect(await status('/by/late')).toBe(404);
    cpSync(app('environ.mjs'), join(scripts, 'late.mjs'));
    expect(await status('/by/late')).toBe(200);
    rmSync(join(scripts, 'late.mjs'));
    expect(await status('/by/late')).toBe(404);
  });
});

describe('an application of a directory that cannot be loaded', () => {
  it('answers 503 and leaves its neighbours alone', async () => {
    site.expectLog(/TSGI1020 .*SyntaxError/);
    site.allowLog(/TSGI1020/, /TSGI1024/);
    writeFileSync(join(scripts, 'wrong.mjs'), 'export const application = ;\n');
    expect(await status('/apps/wrong.mjs')).toBe(503);
    expect(await status('/apps/a.mjs')).toBe(200);
  });
});
