/** mod_tsgi.so as apache-module/Makefile makes it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { capture } from '../../scripts/lib/command.mjs';
import { nativePaths } from '../../scripts/lib/paths.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const { apache, apacheModule, library } = nativePaths();
const sourcesIn = (folder: string) => readdirSync(join(repository, folder)).filter((name) => name.endsWith('.c'));

it('shows httpd the record of the module and nothing else', async () => {
  const { stdout } = await capture('nm', ['--dynamic', '--defined-only', '--format=posix', apacheModule]);
  expect(stdout.split('\n').flatMap((line) => line.split(' ')[0] || [])).toEqual(['tsgi_module']);
});

it('is made of every source, and needs no library of ours', async () => {
  const [, link = ''] = readFileSync(join(apache, 'command'), 'utf8').trimEnd().split('\n');
  const objects = (link.match(/[^/ ]+\.o\b/g) ?? []).map((name) => name.replace(/\.o$/, '.c'));
  expect(objects.sort()).toEqual([...sourcesIn('apache-module'), ...sourcesIn('native/host')].sort());
  const { stdout } = await capture('readelf', ['--dynamic', apacheModule]);
  expect(stdout).not.toMatch(/NEEDED.*(tsgi|node)/);
});

it('knows where the build put libtsgi', () => {
  expect(readFileSync(apacheModule, 'latin1')).toContain(library);
});
