/** Scripts in nginx that a request chooses: directories, and tsgi_pass with variables. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askStatus } from '../servers/mounts';
import { askScript, scriptCases, writeScripts } from '../servers/scripts';
import { useNginx } from './nginx';

let scripts = '';

const site = useNginx((folder) => {
  scripts = writeScripts(folder);
  return {
    conf: {
      http: 'tsgi_max_applications 64;',
      server: `
        location /apps/ { tsgi_pass ${scripts}; }
        location /bare { tsgi_pass ${scripts}/; }
        location /above { tsgi_pass ${scripts} mount=/above/v1; }
        location ~ ^/by/(?<name>[^/]+)(?<rest>/.*)?$ { tsgi_pass ${scripts}/$name.mjs mount=/by; }
        location /any/ { tsgi_pass $arg_script; }
        location /root/ { root ${scripts}; tsgi_pass $document_root; }`,
    },
  };
});

const noScript = /TSGI2022 ".*" is no script/;

scriptCases(site, {
  nul: 400,
  climbing: 400,
  logs: {
    noScript: [noScript],
    missing: [noScript],
    climbing: [/open\(\) ".*\/html\/outside\.mjs" failed/],
    outside: [/TSGI2026 ".*out\.mjs" is ".*outside\.mjs", outside of /, /TSGI2026 ".*up\/outside\.mjs"/],
    notBelow: [],
  },
});

describe('variables', () => {
  it('name a script', async () => {
    expect((await askScript(site, '/by/a/x'))[2]).toBe(join(scripts, 'a.mjs'));
    expect(await askScript(site, `/any/x?script=${scripts}/shop/b.mjs`)).toEqual([
      '/any',
      '/x',
      join(scripts, 'shop/b.mjs'),
    ]);
  });

  it('name a directory', async () => {
    expect(await askScript(site, '/root/shop/b.mjs/x')).toEqual([
      '/root/shop/b.mjs',
      '/x',
      join(scripts, 'shop/b.mjs'),
    ]);
  });

  it('that name none lead to 404', async () => {
    site.expectLog(noScript);
    expect(await askStatus(site, '/by/none')).toBe(404);
    expect(await askStatus(site, `/any/x?script=${scripts}/plain.txt`)).toBe(404);
    expect(await askStatus(site, `/any/x?script=${scripts}/shop/../a.mjs`)).toBe(404);
    expect(await askStatus(site, '/any/x')).toBe(404);
  });
});
