/** Scripts in Apache that a request chooses: directories, patterns, and SetHandler and AddHandler. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askEnviron } from '../servers/environ';
import { askStatus } from '../servers/mounts';
import { askScript, scriptCases, writeScripts } from '../servers/scripts';
import { app, useApache } from './apache';

let scripts = '';
let handled = '';

/** Files that their names or places make scripts. */
function writeHandled(folder: string): string {
  const below = join(folder, 'handled');
  for (const name of ['off', 'whole', 'strict']) {
    mkdirSync(join(below, name), { recursive: true });
  }
  for (const file of ['index.mjs', 'a.mjs', 'off/a.mjs', 'whole/b.mjs', 'whole/c.txt', 'strict/a.mjs', 'named']) {
    cpSync(app('environ.mjs'), join(below, file));
  }
  writeFileSync(join(below, 'page.html'), 'a page');
  return below;
}

const site = useApache((folder) => {
  scripts = writeScripts(folder);
  handled = writeHandled(folder);
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

scriptCases(site, {
  nul: 404,
  climbing: 404,
  logs: {
    noScript: [/TSGI4022 ".*" is no script/],
    missing: [/TSGI4022 ".*\/late\.mjs" does not exist/],
    climbing: [/invalid URI path/],
    outside: [/TSGI4026 ".*\/out\.mjs" is outside of /, /TSGI4026 ".*\/up\/outside\.mjs" is outside of /],
    notBelow: [/TSGI4022 "\/above\/a\.mjs" is not below the mount/],
  },
});

describe('a pattern', () => {
  it('names a script', async () => {
    expect(await askScript(site, '/by/a/x')).toEqual(['/by/a', '/x', join(scripts, 'a.mjs')]);
  });

  it('names a directory', async () => {
    expect(await askScript(site, '/folder/shop/b.mjs/x')).toEqual([
      '/folder/shop/b.mjs',
      '/x',
      join(scripts, 'shop/b.mjs'),
    ]);
    expect(await askScript(site, '/folder/a.mjs/x')).toEqual(['/folder/a.mjs', '/x', join(scripts, 'a.mjs')]);
  });

  it('that names none leads to 404', async () => {
    site.expectLog(/TSGI4022 ".*\/none\.mjs" does not exist/, /TSGI4022 ".*\/plain\.txt" is no script/);
    expect(await askStatus(site, '/by/none')).toBe(404);
    expect(await askStatus(site, '/folder/plain.txt')).toBe(404);
  });

  it('makes no path that climbs', async () => {
    site.expectLog(/TSGI4022 "\/dots\/\.x" makes no path of /);
    expect(await askStatus(site, '/dots/.x')).toBe(404);
  });
});

describe('AddHandler', () => {
  it('makes scripts of files, each mounted at its own URI', async () => {
    expect(await askScript(site, '/handled/a.mjs')).toEqual(['/handled/a.mjs', '', join(handled, 'a.mjs')]);
    expect(await askScript(site, '/handled/a.mjs/x/y')).toEqual(['/handled/a.mjs', '/x/y', join(handled, 'a.mjs')]);
  });

  it('leaves other files alone', async () => {
    expect(await site.text('/handled/page.html')).toBe('a page');
  });

  it('lets mod_dir lead to a script', async () => {
    expect(await askScript(site, '/handled/')).toEqual(['/handled/index.mjs', '', join(handled, 'index.mjs')]);
    expect(await askEnviron(site, '/handled/?q=1')).toMatchObject({
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
    expect(await askStatus(site, '/handled/none.mjs')).toBe(404);
  });

  it('obeys AcceptPathInfo', async () => {
    expect(await askStatus(site, '/handled/strict/a.mjs')).toBe(200);
    site.expectLog(/TSGI4022 ".*\/strict\/a\.mjs" takes no path behind its name: "AcceptPathInfo Off"/);
    expect(await askStatus(site, '/handled/strict/a.mjs/x')).toBe(404);
  });
});

describe('SetHandler', () => {
  it('makes scripts of all files that are named like scripts', async () => {
    expect(await askScript(site, '/handled/whole/b.mjs/x')).toEqual([
      '/handled/whole/b.mjs',
      '/x',
      join(handled, 'whole/b.mjs'),
    ]);
    site.expectLog(/TSGI4022 ".*\/whole\/c\.txt" is no script/, /TSGI4022 ".*\/named" is no script/);
    expect(await askStatus(site, '/handled/whole/c.txt')).toBe(404);
    expect(await askStatus(site, '/handled/named')).toBe(404);
  });

  it('makes no script of a directory', async () => {
    rmSync(join(handled, 'whole/index.mjs'), { force: true });
    site.expectLog(/TSGI4022 ".*\/whole\/" is a directory/);
    expect(await askStatus(site, '/handled/whole/')).toBe(403);
  });
});
