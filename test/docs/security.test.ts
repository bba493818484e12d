/** docs/security.md names directives that there are, with the defaults and the classes of AllowOverride that they have. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/security.md');
const directives = read('docs/directives.md');

/** The section of a directive, by either of its names. */
const sectionOf = (name: string) =>
  directives.split('\n### ').find((section) => new RegExp(`^[^\\n]*\\b${name}\\b`).test(section)) ?? '';

describe('docs/security.md', () => {
  it('names directives of the modules', () => {
    const names = new Set([...page.matchAll(/\b(?:tsgi_[a-z_]+|TSGI[A-Z][A-Za-z]+)/g)].map(([name]) => name));
    expect(names.size).toBeGreaterThan(20);
    expect([...names].filter((name) => sectionOf(name) === '')).toEqual([]);
  });

  it('has their defaults', () => {
    const rows = [...page.matchAll(/^\| [^|]+ \| `(tsgi_\w+)` \| `(TSGI\w+)` \| (\d+)( ?\w*)/gm)];
    expect(rows.length).toBeGreaterThanOrEqual(6);
    for (const [, nginx = '', apache = '', number = '', unit = ''] of rows) {
      const value = `${number}${unit === ' s' ? 's' : unit.trim()}`;
      expect(sectionOf(nginx)).toContain(`\`${nginx} ${value};\``);
      expect(sectionOf(apache)).toContain(`\`${apache} ${value.replace(/s$/, '')}\``);
    }
  });

  it('has their classes', () => {
    const rows = [...page.matchAll(/^\| ((?:`TSGI\w+`(?:, )?)+)[^|]*\| (`\w+`|never)[^|]*\|/gm)];
    expect(rows.length).toBeGreaterThanOrEqual(4);
    for (const [, list = '', where = ''] of rows) {
      for (const [, name = ''] of list.matchAll(/`(TSGI\w+)`/g)) {
        const override = /^\| Override \| [^|]*\| (\w+) \|$/m.exec(sectionOf(name))?.[1];
        expect([name, override ?? 'never']).toEqual([name, where.replaceAll('`', '')]);
      }
    }
  });
});
