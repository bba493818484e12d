/** Where an application begins below every kind of alias. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askMount, askStatus, mountCases } from '../servers/mounts';
import { app, useApache } from './apache';

const script = app('environ.mjs');
let files = '';

const site = useApache((folder) => {
  files = join(folder, 'files');
  for (const name of ['static/a.txt', 'users/ann9']) {
    mkdirSync(dirname(join(files, name)), { recursive: true });
    writeFileSync(join(files, name), 'a file');
  }
  return {
    modules: ['alias', 'vhost_alias'],
    conf: {
      main: `
        TSGIScriptAlias /inherited ${script} callable=application
        TSGIScriptAlias /overridden ${app('prints.mjs')}`,
      server: `
        VirtualDocumentRoot ${files}
        TSGIScriptAlias /app ${script}
        TSGIScriptAlias /slash/ ${script}
        TSGIScriptAlias /outer/inner ${script} mount=/outer
        TSGIScriptAlias /outer ${script}
        TSGIScriptAlias /outer/never ${app('prints.mjs')}
        TSGIScriptAlias /overridden ${script}
        TSGIScriptAlias "/with space" ${script}
        TSGIScriptAlias /caf\u00e9 ${script}
        TSGIScriptAlias /mounted-at-root ${script} mount=
        TSGIScriptAlias /mounted-above ${script} mount=/mounted-above/v1/
        TSGIScriptAliasMatch ^/users/([a-z]+) ${script}
        TSGIScriptAliasMatch \\.app$ ${script}
        TSGIScriptAliasMatch ^/tail/ ${script}
        TSGIScriptAliasMatch ^/given/.* ${script} mount=/given
        Alias /app/static ${join(files, 'static')}
        Alias /mounted ${join(files, 'static')}`,
    },
  };
});

mountCases(site, {
  documents: () => files,
  beside: 200,
  encodedSlash: 404, // AllowEncodedSlashes is off
  notBelow: [/TSGI4022 "\/mounted-above\/v2\/x" is not below the mount "\/mounted-above\/v1\/"/],
});

describe('a prefix', () => {
  it('with a slash at its end is a mount without it too', async () => {
    expect(await askMount(site, '/slash')).toEqual(['/slash', '', '/slash']);
  });
});

describe('of several aliases', () => {
  it('the first that matches is taken', async () => {
    expect(await askMount(site, '/outer/inner/x')).toEqual(['/outer', '/inner/x', '/outer/inner/x']);
    expect(await askMount(site, '/outer/never/x')).toEqual(['/outer', '/never/x', '/outer/never/x']);
  });

  it('those of the virtual host come before those of the main server', async () => {
    expect(await askMount(site, '/inherited/x')).toEqual(['/inherited', '/x', '/inherited/x']);
    expect(await askMount(site, '/overridden/x')).toEqual(['/overridden', '/x', '/overridden/x']);
  });

  it('those of mod_alias go first, and mod_vhost_alias last', async () => {
    expect(await site.text('/app/static/a.txt')).toBe('a file');
    expect(await site.text('/static/a.txt')).toBe('a file');
  });
});

describe('a regular expression', () => {
  it('stands for what it matches', async () => {
    expect(await askMount(site, '/users/ann/x')).toEqual(['/users/ann', '/x', '/users/ann/x']);
    expect(await askMount(site, '/a/b.app')).toEqual(['/a/b.app', '', '/a/b.app']);
    expect(await askMount(site, '/tail/x')).toEqual(['/tail', '/x', '/tail/x']);
  });

  it('must end where a segment does', async () => {
    expect(await site.text('/users/ann9')).toBe('a file');
    expect(await askStatus(site, '/users/')).toBe(404);
  });
});
