/** docs/errors.md is what the lists in the code say, and the code uses no tag that is in no list. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(repository, 'docs/errors.md'), 'utf8');
const documented = new Set([...page.matchAll(/^### TSGI(\d{4})/gm)].map(([, tag]) => tag));

function sources(folder: string, ending: RegExp): string[] {
  return readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .map((file) => readFileSync(join(repository, folder, file), 'utf8'));
}

describe('docs/errors.md', () => {
  it('is what the code says', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/print-errors.mjs', '--check'], {
      cwd: repository,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it.each([
    ['nginx-module/ngx_http_tsgi_log.h', '2'],
    ['apache-module/mod_tsgi_log.h', '4'],
  ])('has every tag of %s, and the module writes each of them', (path, thousand) => {
    const header = readFileSync(join(repository, path), 'utf8');
    const code = sources(dirname(path), /\.c$/).join('');
    const macros = [...header.matchAll(/^#define (\w+_E_\w+)\s+"TSGI(\d{4}) "/gm)];
    expect(macros.length).toBeGreaterThan(10);
    const listed = [...documented].filter((tag) => tag?.startsWith(thousand));
    expect(macros.map(([, , tag]) => tag).sort()).toEqual(listed.sort());
    for (const [, macro = ''] of macros) {
      expect(new RegExp(`\\b${macro}\\b`).test(code), macro).toBe(true);
    }
  });

  it('has every tag once', () => {
    const tags = [...page.matchAll(/^### TSGI(\d{4})/gm)].map(([, tag]) => tag);
    expect(tags.length).toBeGreaterThan(20);
    expect(new Set(tags).size).toBe(tags.length);
  });

  it.each(['TSGI_TAG', 'Tags'])('every entry of %s is used by the code', (list) => {
    const [names, code] =
      list === 'Tags'
        ? [
            [...readFileSync(join(repository, 'src/server/log-tags.ts'), 'utf8').matchAll(/^ {2}(\w+): \{$/gm)],
            sources('src/server', /(?<!log-tags)\.ts$/).join(''),
          ]
        : [
            [...readFileSync(join(repository, 'native/core/tags.h'), 'utf8').matchAll(/ TAG\((\w+), \d+/g)],
            sources('native', /\.(?:c|cc)$/).join(''),
          ];
    expect(names.length).toBeGreaterThan(5);
    const joint = list === 'Tags' ? 'Tags.' : 'TSGI_TAG_';
    for (const [, name = ''] of names) {
      expect(new RegExp(`${joint.replace('.', '\\.')}${name}\\b`).test(code), name).toBe(true);
    }
  });
});
