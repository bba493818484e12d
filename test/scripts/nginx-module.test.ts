import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../nginx-module/', import.meta.url));

it("nginx's ./configure is told every source of the module", () => {
  const named = readFileSync(`${folder}config`, 'utf8').match(/[a-z_]+\.c\b/g) ?? [];
  const present = readdirSync(folder).filter((name) => name.endsWith('.c'));
  expect(named.sort()).toEqual(present.sort());
});
