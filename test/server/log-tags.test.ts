import { expect, it } from 'vitest';
import { LOG_TAGS } from '../../src/server/log-tags';

it('numbers are unique, in order, and of this half', () => {
  const numbers = LOG_TAGS.map(({ tag }) => tag);
  expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual(numbers);
  expect(numbers.every((tag) => tag > 1000 && tag < 2000)).toBe(true);
});

it('each says in whole sentences what happened and what to do', () => {
  for (const { tag, title, cause, cure } of LOG_TAGS) {
    expect(title, `TSGI${tag}`).toMatch(/^[a-z][^.]*$/);
    expect(cause, `TSGI${tag}`).toMatch(/^[A-Z].*\.$/);
    expect(cure, `TSGI${tag}`).toMatch(/^[A-Z`].*\.$/);
  }
});
