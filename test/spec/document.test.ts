import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { firstDifference, printSpec, readPage, readRules } from '../../scripts/print-spec.mjs';

const sources = join(__dirname, '../../src/spec');
const rules = readRules();

describe('docs/SPEC.md', () => {
  test('is what scripts/print-spec.mjs prints', () => {
    expect(firstDifference(readPage(), printSpec())).toBeUndefined();
  });

  test('a difference is told by its line', () => {
    expect(firstDifference('a\nb\nc', 'a\nx\nc')).toBe('line 2\n- b\n+ x');
    expect(firstDifference('a', 'a\nb')).toBe('line 2\n- (end of the page)\n+ b');
  });
});

describe('rules', () => {
  test('each has one name, and prose', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id, prose } of rules) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(prose.join(' '), id).toMatch(/^\S.*\.\)?$/);
    }
  });

  test('each is enforced where its prose is, and nothing is enforced without prose', () => {
    for (const file of readdirSync(sources).filter((name) => name.endsWith('.ts'))) {
      const enforced = readFileSync(join(sources, file), 'utf8').matchAll(/(?:rule: |fail\(\s*)'([a-z-]+)'/g);
      const stated = rules.filter((rule) => rule.file === file).map(({ id }) => id);
      expect([...new Set([...enforced].map(([, id]) => id))].sort(), file).toEqual(stated.sort());
    }
  });

  test.each(rules.map(({ id }) => id))('%s has a test', (id) => {
    const tests = readdirSync(__dirname).filter((name) => name.endsWith('.test.ts') && name !== 'document.test.ts');
    expect(tests.some((name) => readFileSync(join(__dirname, name), 'utf8').includes(`'${id}'`))).toBe(true);
  });
});
