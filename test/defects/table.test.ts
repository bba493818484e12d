import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defects } from './index.mjs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/SPEC.md');

describe('every rule of the specification is broken on purpose', () => {
  const rules = [...page.matchAll(/^> <a id="([\w-]+)">/gm)].map(([, id]) => id as string);

  it('there are rules', () => {
    expect(rules.length).toBeGreaterThan(50);
  });

  it.each(rules)('%s', (rule) => {
    expect(defects.filter(({ breaks, layer }) => breaks === rule && layer === undefined)).not.toEqual([]);
  });
});

describe('every obligation that is marked is broken on purpose', () => {
  const text = page.slice(page.indexOf('## The application')).replace(/\s+/g, ' ');
  const obligations = text.split('◆ ').slice(1);

  it('there are some', () => {
    expect(obligations.length).toBeGreaterThan(30);
  });

  it.each(obligations.map((obligation) => [obligation.slice(0, 100), obligation]))('%s...', (_begins, obligation) => {
    expect(defects.filter(({ breaks }) => obligation.startsWith(breaks))).not.toEqual([]);
  });
});

describe('each defect', () => {
  const known = (breaks: string) =>
    page.includes(`<a id="${breaks}">`) || page.replace(/\s+/g, ' ').includes(`◆ ${breaks}`);

  it.each(defects.map((defect) => [`${defect.breaks} (${defect.file})`, defect] as const))('%s', (_name, defect) => {
    expect(read(defect.file).split(defect.find).length - 1, `occurrences of what is replaced in ${defect.file}`).toBe(
      1,
    );
    expect(defect.replace).not.toBe(defect.find);
    expect(defect.layer !== undefined || known(defect.breaks), 'it is no rule and no obligation').toBe(true);
    expect(read(defect.tests.includes('/') ? defect.tests : sourceOf(defect.tests))).not.toBe('');
  });
});

/** The program of a ctest. */
const sourceOf = (name: string) => (name.startsWith('core_') ? `test/native/${name}.c` : 'test/model/CMakeLists.txt');
