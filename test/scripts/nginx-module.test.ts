import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const inRepository = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const config = readFileSync(inRepository('nginx-module/config'), 'utf8');

it.each([
  ['nginx-module', '$ngx_addon_dir/'],
  ['native/host', '$ngx_addon_dir/../native/host/'],
])("nginx's ./configure is told every source of %s", (folder, prefix) => {
  const named = config.split(/[\s"]+/).filter((word) => word.startsWith(prefix) && word.endsWith('.c'));
  const present = readdirSync(inRepository(folder)).filter((name) => name.endsWith('.c'));
  const below = named.map((word) => word.slice(prefix.length)).filter((name) => !name.includes('/'));
  expect(below.sort()).toEqual(present.sort());
});
