/** Where an application begins in every kind of location. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askMount, askStatus, mountCases } from '../servers/mounts';
import { app, useNginx } from './nginx';

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
      location ~ ^/given/.* { ${pass} mount=/given; }
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

mountCases(site, { documents: () => site.server.root, beside: 404, encodedSlash: 200, notBelow: [] });

describe('a prefix', () => {
  it('with a slash at its end is redirected to from without it', async () => {
    const reply = await site.request('/slash?q');
    expect(reply.status).toBe(301);
    expect(reply.fields.find(([name]) => name === 'Location')?.[1]).toMatch(/\/slash\/\?q$/);
  });

  it('of an exact location is the whole path', async () => {
    expect(await askMount(site, '/exact?q')).toEqual(['/exact', '', '/exact?q']);
    site.expectLog(/"\/\S+\/html\/exact\/index.html" is not found/);
    expect(await askStatus(site, '/exact/')).toBe(404);
  });

  it('of a nested location is its own', async () => {
    expect(await askMount(site, '/outer/inner/x')).toEqual(['/outer/inner', '/x', '/outer/inner/x']);
    expect(await askMount(site, '/outer/else')).toEqual(['/outer', '/else', '/outer/else']);
    expect(await askMount(site, '/outer/x12')).toEqual(['', '/outer/x12', '/outer/x12']);
    expect(await askStatus(site, '/outer/innermost')).toBe(404);
  });

  it('that is preferred to regular expressions is a prefix like others', async () => {
    expect(await askMount(site, '/prefer/x')).toEqual(['/prefer', '/x', '/prefer/x']);
  });
});

describe('a location without a literal prefix', () => {
  it('is mounted at the root', async () => {
    expect(await askMount(site, '/a/b.app')).toEqual(['', '/a/b.app', '/a/b.app']);
  });

  it('is mounted where mount= says', async () => {
    expect(await askMount(site, '/regex/given/x')).toEqual(['/regex/given', '/x', '/regex/given/x']);
    expect(await askStatus(site, '/regex/givenness')).toBe(404);
    expect(await askMount(site, '/named/x')).toEqual(['/named', '/x', '/named/x']);
  });

  it('serves what try_files leaves', async () => {
    writeFileSync(join(site.server.root, 'files'), 'a file');
    expect(await site.text('/files')).toBe('a file');
    expect(await askMount(site, '/files/none?q=1')).toEqual(['', '/files/none', '/files/none?q=1']);
  });
});

describe('a rewrite', () => {
  it('changes PATH_INFO and the query, and leaves REQUEST_URI', async () => {
    expect(await askMount(site, '/rewritten/x?q=1')).toEqual(['/app', '/new/x', '/rewritten/x?q=1']);
    expect(await site.json('/rewritten/x?q=1')).toMatchObject({ QUERY_STRING: 'added=1&q=1' });
    expect(await askMount(site, '/broken/x')).toEqual(['/broken', '/changed', '/broken/x']);
  });
});

describe('a block inside a location', () => {
  it('has the mount of its location', async () => {
    expect(await askMount(site, '/conditional/x?if=1')).toEqual(['/conditional', '/x', '/conditional/x?if=1']);
    expect(await askMount(site, '/conditional/x')).toEqual(['/conditional', '/x', '/conditional/x']);
  });

  it('limits methods', async () => {
    expect(await askStatus(site, '/limited', 'GET')).toBe(200);
    site.expectLog(/access forbidden by rule/);
    expect(await askStatus(site, '/limited', 'POST')).toBe(403);
  });

  it('serves the methods it is for', async () => {
    expect(await askStatus(site, '/limited-pass', 'GET')).toBe(204);
  });
});
