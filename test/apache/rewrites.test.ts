/** Ways of httpd that lead to an application: mod_rewrite, FallbackResource, ErrorDocument, server-side includes. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { app, useApache } from './apache';

type Environ = Record<string, string | undefined>;

const script = app('environ.mjs');
let root = '';
let outside = '';

function writeFiles(): void {
  for (const name of ['front', 'front/sub', 'handled/static', 'rewritten', 'pages']) {
    mkdirSync(join(root, name), { recursive: true });
  }
  writeFileSync(join(root, 'front/file.txt'), 'a file');
  cpSync(script, join(root, 'handled/app.mjs'));
  writeFileSync(join(root, 'handled/static/a.txt'), 'a file');
  writeFileSync(
    join(root, 'rewritten/.htaccess'),
    `
      RewriteEngine On
      RewriteCond %{REQUEST_FILENAME} !-f
      RewriteRule ^to-alias/(.*)$ /app/new/$1?added=1 [QSA]
      RewriteRule ^to-handled/(.*)$ /handled/app.mjs/$1`,
  );
  mkdirSync(outside);
  cpSync(script, join(outside, 'app.mjs'));
  writeFileSync(join(outside, '.htaccess'), 'RewriteEngine On\nRewriteRule ^short/(.*)$ app.mjs/long/$1 [L]\n');
  writeFileSync(join(root, 'pages/page.shtml'), 'before <!--#include virtual="/app/included?q=1" --> after');
}

const site = useApache((folder) => {
  root = join(folder, 'www');
  outside = join(folder, 'outside');
  writeFiles();
  return {
    modules: ['alias', 'rewrite', 'include', 'headers'],
    conf: {
      server: `
        DocumentRoot ${root}
        TSGIScriptAlias /app ${script}
        TSGIScriptAlias /outside ${outside}
        TSGIScriptAlias /apps ${join(root, 'handled')}
        RewriteEngine On
        RewriteRule ^/passed/(.*)$ /app/passed/$1?added=1 [PT,QSA]
        RewriteRule ^/to-file/(.*)$ ${join(root, 'handled/app.mjs')}/own/$1
        RewriteRule ^/with-handler/(.*)$ ${join(root, 'handled/app.mjs')} [H=tsgi-script]
        RewriteRule ^/app/set$ - [E=FROM_REWRITE:yes]
        RewriteRule ^/gone$ - [G]
        ErrorDocument 404 /app/missing
        ErrorDocument 410 /apps/app.mjs/gone
        <Directory ${root}>
          Options +ExecCGI +Includes
          AllowOverride FileInfo
          AddHandler tsgi-script .mjs
          AddHandler server-parsed .shtml
          AddOutputFilter INCLUDES .shtml
          AddType text/html .shtml
        </Directory>
        <Directory ${outside}>
          AllowOverride FileInfo
        </Directory>
        <Directory ${join(root, 'front')}>
          FallbackResource /app
        </Directory>
        <Directory ${join(root, 'front/sub')}>
          FallbackResource /apps/app.mjs
        </Directory>
        <Directory ${join(root, 'pages')}>
          DirectoryIndex none.html /app/index
        </Directory>
        <Location /apps/static>
          SetHandler default-handler
        </Location>`,
    },
  };
});

const ask = async (target: string) => {
  const environ = (await site.json(target)) as Environ;
  return [environ['SCRIPT_NAME'], environ['PATH_INFO'], environ['REQUEST_URI'], environ['QUERY_STRING']];
};

describe('mod_rewrite', () => {
  it('passes a URI through to an alias', async () => {
    expect(await ask('/passed/x?q=1')).toEqual(['/app', '/passed/x', '/passed/x?q=1', 'added=1&q=1']);
  });

  it('leads to a file that a handler makes a script', async () => {
    expect(await ask('/to-file/x')).toEqual(['/to-file', '/own/x', '/to-file/x', '']);
    expect(await ask('/with-handler/x?q')).toEqual(['/with-handler/x', '', '/with-handler/x?q', 'q']);
  });

  it('of a directory leads to an alias, and to a handler', async () => {
    expect(await ask('/rewritten/to-alias/x?q=1')).toEqual([
      '/app',
      '/new/x',
      '/rewritten/to-alias/x?q=1',
      'added=1&q=1',
    ]);
    expect(await ask('/rewritten/to-handled/x')).toEqual(['/handled/app.mjs', '/x', '/rewritten/to-handled/x', '']);
  });

  it('of a directory of scripts leads to one of them, below its alias', async () => {
    expect(await ask('/outside/short/x')).toEqual(['/outside/app.mjs', '/long/x', '/outside/short/x', '']);
  });

  it('sets variables', async () => {
    expect((await site.json('/app/set')) as Environ).toMatchObject({ FROM_REWRITE: 'yes' });
  });
});

describe('FallbackResource', () => {
  it('is an alias, for what is no file', async () => {
    expect(await site.text('/front/file.txt')).toBe('a file');
    expect(await ask('/front/none/x?q')).toEqual(['/app', '', '/front/none/x?q', 'q']);
  });

  it('is a script of a directory', async () => {
    expect(await ask('/front/sub/none')).toEqual(['/apps/app.mjs', '', '/front/sub/none', '']);
  });
});

describe('DirectoryIndex', () => {
  it('is an alias', async () => {
    expect(await ask('/pages/?q')).toEqual(['/app', '/index', '/pages/?q', 'q']);
  });
});

describe('ErrorDocument', () => {
  it('is an application, which sees a GET without a body; the error stays one', async () => {
    const reply = await site.request({ target: '/no-such', method: 'POST', body: 'a body' });
    expect(reply.status).toBe(404);
    expect(JSON.parse(reply.body.toString())).toMatchObject({
      ...{ SCRIPT_NAME: '/app', PATH_INFO: '/missing', REQUEST_METHOD: 'GET', input: 0 },
      ...{ REQUEST_URI: '/no-such', REDIRECT_STATUS: '404' },
    });
  });

  it('is a script of a directory', async () => {
    const reply = await site.request('/gone');
    expect(JSON.parse(reply.body.toString())).toMatchObject({
      ...{ SCRIPT_NAME: '/apps/app.mjs', PATH_INFO: '/gone', REDIRECT_STATUS: '410' },
    });
  });
});

describe('a server-side include', () => {
  it('is a sub-request to an application', async () => {
    const text = await site.text('/pages/page.shtml');
    expect(text).toMatch(/^before \{.*\} after$/);
    const environ = JSON.parse(text.slice('before '.length, -' after'.length)) as Environ;
    expect(environ).toMatchObject({ SCRIPT_NAME: '/app', PATH_INFO: '/included', QUERY_STRING: 'q=1' });
  });
});

describe('another handler', () => {
  it('for a part of an alias is obeyed', async () => {
    expect(await site.text('/apps/static/a.txt')).toBe('a file');
    expect((await ask('/apps/app.mjs/x')).slice(0, 2)).toEqual(['/apps/app.mjs', '/x']);
  });
});
