/** Scripts that a request chooses: directories, patterns, and SetHandler and AddHandler. */
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { app, useApache } from './apache';

type Environ = Record<string, string | undefined>;

let scripts = '';
let handled = '';

const site = useApache((folder) => {
  scripts = join(folder, 'scripts');
  handled = join(folder, 'handled');
  for (const below of ['shop/deep', '.hidden', 'node_modules/package', 'dir.ts']) {
    mkdirSync(join(scripts, below), { recursive: true });
  }
  const files = [
    ...['a.mjs', 'shop/b.mjs', 'shop/deep/c.mjs', '.hidden/d.mjs', 'node_modules/package/e.mjs', '.f.mjs'],
    ...['../outside.mjs', 'plain.txt', 'dir.ts/g.mjs', 'with space.mjs', 'shop/index.mjs'],
    ...['../handled/index.mjs', '../handled/a.mjs', '../handled/off/a.mjs', '../handled/whole/b.mjs'],
    ...['../handled/whole/c.txt', '../handled/strict/a.mjs', '../handled/named'],
  ];
  for (const name of ['off', 'whole', 'strict']) {
    mkdirSync(join(handled, name), { recursive: true });
  }
  for (const file of files) {
    cpSync(app('environ.mjs'), join(scripts, file));
  }
  writeFileSync(join(handled, 'page.html'), 'a page');
  symlinkSync('../outside.mjs', join(scripts, 'out.mjs'));
  symlinkSync('..', join(scripts, 'up'));
  symlinkSync('shop/b.mjs', join(scripts, 'in.mjs'));
  return {
    modules: ['alias', 'negotiation', 'autoindex'],
    conf: {
      main: 'TSGIMaxApplications 64',
      server: `
        TSGIScriptAlias /apps/ ${scripts}
        TSGIScriptAlias /bare ${scripts}/
        TSGIScriptAlias /above ${scripts} mount=/above/v1
        TSGIScriptAliasMatch ^/by/([^/]+) ${scripts}/$1.mjs
        TSGIScriptAliasMatch ^/folder/([^/]+) ${scripts}/$1
        TSGIScriptAliasMatch ^/dots/(.)(.) ${scripts}/shop/$1./a.mjs
        Alias /handled ${handled}
        <Directory ${scripts}>
          Options +FollowSymLinks +MultiViews +Indexes
          DirectoryIndex index.mjs
        </Directory>
        <Directory ${handled}>
          Options +ExecCGI +Indexes
          AddHandler tsgi-script .mjs
          DirectoryIndex index.mjs
        </Directory>
        <Directory ${handled}/off>
          Options -ExecCGI
        </Directory>
        <Directory ${handled}/strict>
          AcceptPathInfo Off
        </Directory>
        <Directory ${handled}/whole>
          SetHandler tsgi-script
        </Directory>
        <Files named>
          SetHandler tsgi-script
        </Files>`,
    },
  };
});

const ask = async (target: string) => {
  const environ = (await site.json(target)) as Environ;
  return [environ['SCRIPT_NAME'], environ['PATH_INFO'], environ['SCRIPT_FILENAME']];
};
const status = async (target: string) => (await site.request(target)).status;
const noScript = /TSGI4022 ".*" is no script/;

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
    expect((await ask('/above/v1/a.mjs/x')).slice(0, 2)).toEqual(['/above/v1/a.mjs', '/x']);
  });

  it('serves nothing else: no listing, no index, no source by MultiViews', async () => {
    site.allowLog(noScript);
    const refused = [
      ...['/apps/', '/apps/shop', '/apps/shop/', '/apps/none.mjs', '/apps/plain.txt', '/apps/a.mjsx', '/apps/a'],
      ...['/apps/.f.mjs', '/apps/.hidden/d.mjs', '/apps/node_modules/package/e.mjs', '/apps/dir.ts', '/apps/shop/.'],
      ...['/apps/plain.txt/x', '/bare', '/barea.mjs', '/apps/a.mjs%00.txt', '/apps/shop/none/b.mjs', '/apps/shop/b'],
    ];
    for (const target of refused) {
      expect([target, await status(target)]).toEqual([target, 404]);
    }
    expect(await status('/apps/dir.ts/g.mjs')).toBe(200);
  });

  it('is behind its mount', async () => {
    site.expectLog(/TSGI4022 "\/above\/a\.mjs" is not below the mount/);
    expect(await status('/above/a.mjs')).toBe(404);
  });

  it('cannot be left upwards', async () => {
    site.allowLog(noScript, /invalid URI path/);
    expect(await status('/apps/../outside.mjs')).toBe(404);
    expect(await status('/apps/%2e%2e/outside.mjs')).toBe(404);
    expect(await status('/apps/..%2foutside.mjs')).toBe(404);
    expect(await status('/apps/shop/..%2f..%2f..%2foutside.mjs')).toBe(404);
    expect(await status('/../../outside.mjs')).toBe(400);
  });

  it('cannot be left by a symbolic link; links inside are good', async () => {
    site.expectLog(/TSGI4026 ".*\/out\.mjs" is outside of /, /TSGI4026 ".*\/up\/outside\.mjs" is outside of /);
    expect(await status('/apps/out.mjs')).toBe(403);
    expect(await status('/apps/up/outside.mjs')).toBe(403);
    expect((await ask('/apps/in.mjs/x')).slice(0, 2)).toEqual(['/apps/in.mjs', '/x']);
  });
});

describe('a pattern', () => {
  it('names a script', async () => {
    expect(await ask('/by/a/x')).toEqual(['/by/a', '/x', join(scripts, 'a.mjs')]);
  });

  it('names a directory', async () => {
    expect(await ask('/folder/shop/b.mjs/x')).toEqual(['/folder/shop/b.mjs', '/x', join(scripts, 'shop/b.mjs')]);
    expect(await ask('/folder/a.mjs/x')).toEqual(['/folder/a.mjs', '/x', join(scripts, 'a.mjs')]);
  });

  it('that names none leads to 404', async () => {
    site.expectLog(/TSGI4022 ".*\/none\.mjs" does not exist/, /TSGI4022 ".*\/plain\.txt" is no script/);
    expect(await status('/by/none')).toBe(404);
    expect(await status('/folder/plain.txt')).toBe(404);
  });

  it('makes no path that climbs', async () => {
    site.expectLog(/TSGI4022 "\/dots\/\.x" makes no path of /);
    expect(await status('/dots/.x')).toBe(404);
  });

  it('finds a script that comes later, and misses one that has gone', async () => {
    site.expectLog(/TSGI4022 ".*\/late\.mjs" does not exist/);
    expect(await status('/by/late')).toBe(404);
    cpSync(app('environ.mjs'), join(scripts, 'late.mjs'));
    expect(await status('/by/late')).toBe(200);
    rmSync(join(scripts, 'late.mjs'));
    expect(await status('/by/late')).toBe(404);
  });
});

describe('AddHandler', () => {
  it('makes scripts of files, each mounted at its own URI', async () => {
    expect(await ask('/handled/a.mjs')).toEqual(['/handled/a.mjs', '', join(handled, 'a.mjs')]);
    expect(await ask('/handled/a.mjs/x/y')).toEqual(['/handled/a.mjs', '/x/y', join(handled, 'a.mjs')]);
  });

  it('leaves other files alone', async () => {
    expect(await site.text('/handled/page.html')).toBe('a page');
  });

  it('lets mod_dir lead to a script', async () => {
    expect(await ask('/handled/')).toEqual(['/handled/index.mjs', '', join(handled, 'index.mjs')]);
    expect((await site.json('/handled/?q=1')) as Environ).toMatchObject({
      ...{ QUERY_STRING: 'q=1', REQUEST_URI: '/handled/?q=1', PATH_INFO: '' },
    });
  });

  it('needs ExecCGI, as for CGI', async () => {
    site.expectLog(/TSGI4022 ".*\/off\/a\.mjs" is not run: "Options ExecCGI" is off here/);
    const reply = await site.request('/handled/off/a.mjs');
    expect(reply.status).toBe(403);
    expect(reply.body.toString()).not.toContain('startResponse');
  });

  it('answers 404 where there is no such file', async () => {
    site.expectLog(/TSGI4022 ".*\/none\.mjs" does not exist/);
    expect(await status('/handled/none.mjs')).toBe(404);
  });

  it('obeys AcceptPathInfo', async () => {
    expect(await status('/handled/strict/a.mjs')).toBe(200);
    site.expectLog(/TSGI4022 ".*\/strict\/a\.mjs" takes no path behind its name: "AcceptPathInfo Off"/);
    expect(await status('/handled/strict/a.mjs/x')).toBe(404);
  });
});

describe('SetHandler', () => {
  it('makes scripts of all files that are named like scripts', async () => {
    expect(await ask('/handled/whole/b.mjs/x')).toEqual(['/handled/whole/b.mjs', '/x', join(handled, 'whole/b.mjs')]);
    site.expectLog(/TSGI4022 ".*\/whole\/c\.txt" is no script/, /TSGI4022 ".*\/named" is no script/);
    expect(await status('/handled/whole/c.txt')).toBe(404);
    expect(await status('/handled/named')).toBe(404);
  });

  it('makes no script of a directory', async () => {
    rmSync(join(handled, 'whole/index.mjs'), { force: true });
    site.expectLog(/TSGI4022 ".*\/whole\/" is a directory/);
    expect(await status('/handled/whole/')).toBe(403);
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
