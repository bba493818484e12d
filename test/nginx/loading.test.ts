/** Scripts of every kind, what they may export, and when they are loaded. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/until';
import { useNginx } from './nginx';

const answer = (text: string) => `(environ, startResponse) => { startResponse('200 OK', []); return [${text}]; }`;

/** Each answers with its own name, in a way that needs what its kind of module has. */
const scripts: Record<string, string> = {
  'esm.mjs': `
    import { basename } from 'node:path';
    const name = await Promise.resolve(basename(import.meta.url));
    export const application = ${answer('name')};`,
  'common.cjs': `
    const { basename } = require('node:path');
    exports.application = ${answer('basename(__filename)')};`,
  'whole.cjs': `module.exports = ${answer("'whole.cjs'")};`,
  'plain-common.js': `
    const { basename } = require('node:path');
    exports.application = ${answer('basename(__filename)')};`,
  'plain-module.js': `
    import { basename } from 'node:path';
    export const application = ${answer('basename(import.meta.url)')};`,
  'package/typed.js': `export const application = ${answer("await0 ?? 'package/typed.js'")};\nconst await0 = await null;`,
  'types.ts': `
    import type { Application } from 'tsgi';
    interface Named { readonly name: string }
    const named = { name: 'types.ts' } satisfies Named;
    export const application: Application = ${answer('named.name as string')};`,
  'module.mts': `
    import { name } from './helper.mts';
    import { other } from './common-helper.cts';
    export const application = ${answer('name + other')};`,
  'helper.mts': `export const name: string = 'module';`,
  'common-helper.cts': `exports.other = '.mts' as string;`,
  'imports.ts': `
    import { application as inner } from './types.ts';
    const later = import('./helper.mts');
    export const application = async (environ: object, startResponse: (status: string, headers: string[][]) => void) => {
      const { name } = await later;
      startResponse('200 OK', []);
      return [typeof inner, ' ', name];
    };`,
  'default.mjs': `export default ${answer("'default.mjs'")};`,
  'object.mjs': `
    class Shop {
      name = 'object.mjs';
      handle(environ, startResponse) { startResponse('200 OK', []); return [this.name]; }
    }
    export const application = new Shop();`,
  'named.mjs': `
    export const application = ${answer("'the wrong one'")};
    export const admin = ${answer("'the named one'")};
    export const shop = { handle: ${answer("'the shop'")} };`,
  'init.mjs': `
    let ready = 'no';
    let times = 0;
    export async function init() { times++; await new Promise((resolve) => setTimeout(resolve, 50)); ready = 'yes'; }
    export const application = ${answer("'ready ' + ready + ' ' + times")};`,
  'slow.mjs': `
    globalThis.loads = (globalThis.loads ?? 0) + 1;
    await new Promise((resolve) => setTimeout(resolve, 300));
    export const application = ${answer('String(globalThis.loads)')};`,
  'lazy.mjs': `console.log('lazy is loaded');\nexport const application = ${answer("'lazy.mjs'")};`,
  'eager.mjs': `console.log('eager is loaded');\nexport const application = ${answer("'eager.mjs'")};`,
  'bare.mjs': `import { name } from 'found-by-path';\nexport const application = ${answer('name')};`,
  'bare.cjs': `exports.application = ${answer("require('found-by-path').name")};`,
};

const kinds = ['esm.mjs', 'common.cjs', 'whole.cjs', 'plain-common.js', 'plain-module.js', 'package/typed.js'];
const typed = ['types.ts', 'module.mts'];

const site = useNginx((folder) => {
  mkdirSync(join(folder, 'package'));
  mkdirSync(join(folder, 'modules/found-by-path'), { recursive: true });
  writeFileSync(join(folder, 'package/package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'modules/found-by-path/index.js'), "exports.name = 'found by path';");
  for (const [name, source] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), source);
  }
  const served = Object.keys(scripts).filter((name) => !/helper|bare|lazy|named/.test(name));
  return {
    startsWith: [/eager is loaded/],
    conf: {
      http: 'tsgi_max_applications 64;',
      server: `
        ${served.map((name) => `location /${name} { tsgi_pass ${join(folder, name)} group=all; }`).join('\n')}
        location /named { tsgi_pass ${join(folder, 'named.mjs')} callable=admin group=all; }
        location /named-by-directive { tsgi_callable shop; tsgi_pass ${join(folder, 'named.mjs')} group=all; }
        location /insisted { tsgi_pass ${join(folder, 'named.mjs')} interface=tsgi group=all; }
        location /lazy { tsgi_preload off; tsgi_pass ${join(folder, 'lazy.mjs')} group=lazy; }
        location /bare.mjs { tsgi_module_path ${join(folder, 'modules')}; tsgi_pass ${join(folder, 'bare.mjs')}; }
        location /bare.cjs { tsgi_module_path ${join(folder, 'modules')}; tsgi_pass ${join(folder, 'bare.cjs')}; }`,
    },
  };
});

describe('a script', () => {
  it.each(kinds)('%s is loaded as the module that it is', async (name) => {
    expect(await site.text(`/${name}`)).toBe(name);
  });

  it.each(typed)('%s is stripped of its types', async (name) => {
    expect(await site.text(`/${name}`)).toBe(name);
  });

  it('may import others, statically and later', async () => {
    expect(await site.text('/imports.ts')).toBe('function module');
  });

  it.each(['bare.mjs', 'bare.cjs'])('finds packages by tsgi_module_path (%s)', async (name) => {
    expect(await site.text(`/${name}`)).toBe('found by path');
  });
});

describe('what is called', () => {
  it('is a default export, or an object with a method', async () => {
    expect(await site.text('/default.mjs')).toBe('default.mjs');
    expect(await site.text('/object.mjs')).toBe('object.mjs');
  });

  it('is the export that the configuration names', async () => {
    expect(await site.text('/named')).toBe('the named one');
    expect(await site.text('/named-by-directive')).toBe('the shop');
    expect(await site.text('/insisted')).toBe('the wrong one');
  });
});

describe('loading', () => {
  it('is complete when init() is, once', async () => {
    const answers = await Promise.all([site.text('/init.mjs'), site.text('/init.mjs'), site.text('/init.mjs')]);
    expect(answers).toEqual(['ready yes 1', 'ready yes 1', 'ready yes 1']);
  });

  it('holds the requests that come meanwhile', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => site.text('/slow.mjs')));
    expect(answers).toEqual(['1', '1', '1', '1', '1']);
  });

  it('waits for the first request where tsgi_preload is off', async () => {
    expect(site.server.errorLog()).not.toContain('lazy is loaded');
    await until('the other was preloaded', () => site.server.errorLog().includes('eager is loaded'));
    site.expectLog(/lazy is loaded/);
    expect(await site.text('/lazy')).toBe('lazy.mjs');
  });
});
