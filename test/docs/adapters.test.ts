/** What docs/adapters.md names exists, and its table of options is the whole of them. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as adapters from '../../src/adapters';
import * as hosts from '../../src/hosts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/adapters.md');

it('its examples import what there is', () => {
  const modules: Record<string, object> = { 'tsgi/adapters': adapters, 'tsgi/hosts': hosts };
  const imports = [...page.matchAll(/import \{ ([\w, ]+) \} from '(tsgi[/\w]*)'/g)];
  expect(imports.length).toBe(3);
  for (const [, names = '', from = ''] of imports) {
    expect(Object.keys(modules[from] ?? {})).toEqual(expect.arrayContaining(names.split(', ')));
  }
});

it('every function that the modules export is on it', () => {
  for (const name of [...Object.keys(adapters), ...Object.keys(hosts)]) {
    expect(page).toContain(name);
  }
});

it('the options of hosts are those of HostOptions', () => {
  const [, text = ''] = /export interface HostOptions \{([^]*?)\n\}/.exec(read('src/hosts/host-app.ts')) ?? [];
  const declared = [...text.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
  const table = page.slice(page.indexOf('| option'));
  const told = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect(told.sort()).toEqual(declared.sort());
});
