/** Where an application begins: SCRIPT_NAME, PATH_INFO and REQUEST_URI below every kind of alias. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { app, useApache } from './apache';

type Environ = Record<string, string | undefined>;

const script = app('environ.mjs');
let files = '';

const site = useApache((folder) => {
  files = join(folder, 'files');
  for (const name of ['static/a.txt', 'application', 'slashes', 'users/ann9']) {
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

const ask = async (target: string) => {
  const environ = (await site.json(target)) as Environ;
  return [environ['SCRIPT_NAME'], environ['PATH_INFO'], environ['REQUEST_URI']];
};
const status = async (target: string, method = 'GET') => (await site.request({ target, method })).status;

describe('a prefix', () => {
  it('ends at a slash or at the end of the path', async () => {
    expect(await ask('/app')).toEqual(['/app', '', '/app']);
    expect(await ask('/app/')).toEqual(['/app', '/', '/app/']);
    expect(await ask('/app/a/b/')).toEqual(['/app', '/a/b/', '/app/a/b/']);
    expect(await site.text('/application')).toBe('a file');
    expect(await status('/app.html')).toBe(404);
  });

  it('with a slash at its end is the same mount', async () => {
    expect(await ask('/slash')).toEqual(['/slash', '', '/slash']);
    expect(await ask('/slash/x')).toEqual(['/slash', '/x', '/slash/x']);
    expect(await site.text('/slashes')).toBe('a file');
  });

  it('is the path as httpd has normalised it', async () => {
    expect(await ask('/x/../app//a/./b')).toEqual(['/app', '/a/b', '/x/../app//a/./b']);
    expect(await ask('/%61pp/%2e%2e/app/x')).toEqual(['/app', '/x', '/%61pp/%2e%2e/app/x']);
    expect(await status('/app%2Fx')).toBe(404); // AllowEncodedSlashes is off
  });

  it('may hold spaces and bytes beyond ASCII', async () => {
    expect(await ask('/with%20space/x')).toEqual(['/with space', '/x', '/with%20space/x']);
    expect(await ask('/caf%C3%A9/%C3%A9')).toEqual(['/caf\u00c3\u00a9', '/\u00c3\u00a9', '/caf%C3%A9/%C3%A9']);
  });
});

describe('of several aliases', () => {
  it('the first that matches is taken', async () => {
    expect(await ask('/outer/inner/x')).toEqual(['/outer', '/inner/x', '/outer/inner/x']);
    expect(await ask('/outer/never/x')).toEqual(['/outer', '/never/x', '/outer/never/x']);
  });

  it('those of the virtual host come before those of the main server', async () => {
    expect(await ask('/inherited/x')).toEqual(['/inherited', '/x', '/inherited/x']);
    expect(await ask('/overridden/x')).toEqual(['/overridden', '/x', '/overridden/x']);
  });

  it('those of mod_alias go first, and mod_vhost_alias last', async () => {
    expect(await site.text('/app/static/a.txt')).toBe('a file');
    expect(await site.text('/static/a.txt')).toBe('a file');
  });
});

describe('a regular expression', () => {
  it('stands for what it matches', async () => {
    expect(await ask('/users/ann/x')).toEqual(['/users/ann', '/x', '/users/ann/x']);
    expect(await ask('/a/b.app')).toEqual(['/a/b.app', '', '/a/b.app']);
    expect(await ask('/tail/x')).toEqual(['/tail', '/x', '/tail/x']);
  });

  it('must end where a segment does', async () => {
    expect(await site.text('/users/ann9')).toBe('a file');
    expect(await status('/users/')).toBe(404);
  });

  it('is mounted where mount= says', async () => {
    expect(await ask('/given/a/b')).toEqual(['/given', '/a/b', '/given/a/b']);
  });
});

describe('mount=', () => {
  it('may be the root, or longer than the alias', async () => {
    expect(await ask('/mounted-at-root/x')).toEqual(['', '/mounted-at-root/x', '/mounted-at-root/x']);
    expect(await ask('/mounted-above/v1/x')).toEqual(['/mounted-above/v1', '/x', '/mounted-above/v1/x']);
    site.expectLog(/TSGI4022 "\/mounted-above\/v2\/x" is not below the mount "\/mounted-above\/v1\/"/);
    expect(await status('/mounted-above/v2/x')).toBe(404);
  });
});

describe('an alias', () => {
  it('serves every method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      expect([method, await status('/app', method)]).toEqual([method, 200]);
    }
  });

  it('leaves the document root as it is', async () => {
    const environ = (await site.json('/app/x')) as Environ;
    expect(environ['DOCUMENT_ROOT']).toBe(site.server.root);
    expect(environ['SCRIPT_FILENAME']).toBe(script);
  });
});
