import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryStore } from '../../src/middleware/index';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);

test('a text lives as long as was said last', () => {
  const store = memoryStore();
  void store.create('id', 'one', 10);
  pass(9);
  expect(store.get('id')).toBe('one');
  void store.touch('id', 10);
  pass(9);
  void store.update('id', 'two', 10);
  pass(9);
  expect(store.get('id')).toBe('two');
  pass(1);
  void store.touch('id', 10);
  void store.update('id', 'three', 10);
  expect(store.get('id')).toBeUndefined();
});

test('one more than there may be costs the one that was used longest ago', () => {
  const store = memoryStore({ max: 2 });
  void store.create('a', 'a', 10);
  void store.create('b', 'b', 10);
  store.get('a');
  void store.create('c', 'c', 10);
  expect(['a', 'b', 'c'].map((id) => store.get(id))).toEqual(['a', undefined, 'c']);
});

test('what has expired goes before what is used', () => {
  const store = memoryStore({ max: 2 });
  void store.create('kept', 'kept', 100);
  void store.create('short', 'short', 1);
  pass(2);
  void store.create('new', 'new', 10);
  expect(['kept', 'short', 'new'].map((id) => store.get(id))).toEqual(['kept', undefined, 'new']);
});

test.each([0, -1, 1.5, NaN])('there cannot be %d at most', (max) => {
  expect(() => memoryStore({ max })).toThrow(TypeError);
});
