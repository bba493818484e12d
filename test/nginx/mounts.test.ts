/** Where an application begins: SCRIPT_NAME, PATH_INFO and REQUEST_URI in every kind of location. */
import { describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, useNginx } from './nginx';

type Environ = Record<string, string | undefined>;

const pass = `tsgi_pass ${app('environ.mjs')}`;

const site = useNginx(() => ({
  conf: {
    server: `
      location /app { ${pass}; }
      location /slash/ { ${pass}; }
      location = /exact { ${pass}; }
      location /outer {
        ${pass};
        location /outer/inner { ${pass}; }
        location ~ ^/outer/x(\\d+)$ { ${pass}; }
      }
      location ~ \\.app$ { ${pass}; }
      location ~ ^/regex/given { ${pass} mount=/regex/given; }
      location ^~ /prefer { ${pass}; }
      location ~ ^/prefer { return 418; }
      location /files { try_files $uri @fallback; }
      location @fallback { ${pass}; }
      location @given { ${pass} mount=/named; }
      location /named { try_files /none @given; }
      location /mounted-at-root { ${pass} mount=; }
      location /mounted-above { ${pass} mount=/mounted-above/v1/; }
      location /rewritten { rewrite ^/rewritten/(.*)$ /app/new/$1?added=1 last; }
      location /broken { rewrite ^/broken/(.*)$ /broken/changed break; ${pass}; }
      location /redirected { return 302 /app; }
      location /conditional {
        if ($arg_if) { set $unused 1; ${pass} callable=application; }
        ${pass};
      }
      location /limited { limit_except GET { deny all; } ${pass}; }
      location /limited-pass { limit_except GET { ${pass}; } return 204; }
      location /caf\u00e9 { ${pass}; }
      location "/with space" { ${pass}; }`,
  },
}));

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
    expect(await status('/application')).toBe(404);
    expect(await status('/app.html')).toBe(404);
    expect(await status('/app%2Fx')).toBe(200);
  });

  it('with a slash at its end is the same mount, and the address without it is redirected', async () => {
    expect(await ask('/slash/')).toEqual(['/slash', '/', '/slash/']);
    expect(await ask('/slash/x')).toEqual(['/slash', '/x', '/slash/x']);
    const reply = await site.request('/slash?q');
    expect(reply.status).toBe(301);
    expect(reply.fields.find(([name]) => name === 'Location')?.[1]).toMatch(/\/slash\/\?q$/);
  });

  it('is the path as nginx has normalised it', async () => {
    expect(await ask('/x/../app//a/./b')).toEqual(['/app', '/a/b', '/x/../app//a/./b']);
    expect(await ask('/%61pp/%2e%2e/app/x')).toEqual(['/app', '/x', '/%61pp/%2e%2e/app/x']);
  });

  it('may hold spaces and bytes beyond ASCII', async () => {
    expect(await ask('/with%20space/x')).toEqual(['/with space', '/x', '/with%20space/x']);
    expect(await ask('/caf%C3%A9/%C3%A9')).toEqual(['/caf\u00c3\u00a9', '/\u00c3\u00a9', '/caf%C3%A9/%C3%A9']);
  });

  it('of an exact location is the whole path', async () => {
    expect(await ask('/exact?q')).toEqual(['/exact', '', '/exact?q']);
    site.expectLog(/"\/\S+\/html\/exact\/index.html" is not found/);
    expect(await status('/exact/')).toBe(404);
  });

  it('of a nested location is its own', async () => {
    expect(await ask('/outer/inner/x')).toEqual(['/outer/inner', '/x', '/outer/inner/x']);
    expect(await ask('/outer/else')).toEqual(['/outer', '/else', '/outer/else']);
    expect(await ask('/outer/x12')).toEqual(['', '/outer/x12', '/outer/x12']);
    expect(await status('/outer/innermost')).toBe(404);
  });

  it('that is preferred to regular expressions is a prefix like others', async () => {
    expect(await ask('/prefer/x')).toEqual(['/prefer', '/x', '/prefer/x']);
  });
});

describe('a location without a literal prefix', () => {
  it('is mounted at the root', async () => {
    expect(await ask('/a/b.app')).toEqual(['', '/a/b.app', '/a/b.app']);
  });

  it('is mounted where mount= says', async () => {
    expect(await ask('/regex/given/x')).toEqual(['/regex/given', '/x', '/regex/given/x']);
    expect(await status('/regex/givenness')).toBe(404);
    expect(await ask('/named/x')).toEqual(['/named', '/x', '/named/x']);
  });

  it('serves what try_files leaves', async () => {
    writeFileSync(join(site.server.root, 'files'), 'a file');
    expect(await site.text('/files')).toBe('a file');
    expect(await ask('/files/none?q=1')).toEqual(['', '/files/none', '/files/none?q=1']);
  });
});

describe('mount=', () => {
  it('may be the root, or longer than the location', async () => {
    expect(await ask('/mounted-at-root/x')).toEqual(['', '/mounted-at-root/x', '/mounted-at-root/x']);
    expect(await ask('/mounted-above/v1/x')).toEqual(['/mounted-above/v1', '/x', '/mounted-above/v1/x']);
    expect(await status('/mounted-above/v2/x')).toBe(404);
  });
});

describe('a rewrite', () => {
  it('changes PATH_INFO and the query, and leaves REQUEST_URI', async () => {
    expect(await ask('/rewritten/x?q=1')).toEqual(['/app', '/new/x', '/rewritten/x?q=1']);
    expect(await site.json('/rewritten/x?q=1')).toMatchObject({ QUERY_STRING: 'added=1&q=1' });
    expect(await ask('/broken/x')).toEqual(['/broken', '/changed', '/broken/x']);
  });
});

describe('a block inside a location', () => {
  it('has the mount of its location', async () => {
    expect(await ask('/conditional/x?if=1')).toEqual(['/conditional', '/x', '/conditional/x?if=1']);
    expect(await ask('/conditional/x')).toEqual(['/conditional', '/x', '/conditional/x']);
  });

  it('limits methods', async () => {
    expect(await status('/limited', 'GET')).toBe(200);
    site.expectLog(/access forbidden by rule/);
    expect(await status('/limited', 'POST')).toBe(403);
  });

  it('serves the methods it is for', async () => {
    expect(await status('/limited-pass', 'GET')).toBe(204);
  });
});
