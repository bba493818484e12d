import { expect, test } from 'vitest';
import { quote, TsgiError } from '../../src/index';

test.each<[unknown, string]>([
  ['plain', '"plain"'],
  ['\x1b[31m\r\n"\u202e', '"\\u001b[31m\\r\\n\\"\\u202e"'],
  ['x'.repeat(60), `"${'x'.repeat(60)}"`],
  ['x'.repeat(61), `"${'x'.repeat(60)}"... (61 characters)`],
  [-0.5, '-0.5'],
  [true, 'true'],
  [Symbol('s'), 'a symbol'],
  [null, 'null'],
  [[1, 2], 'an array of length 2'],
  [Object.create(null), 'an object'],
  [new (class Foo {})(), 'an object of class Foo'],
  [new DataView(new ArrayBuffer(4)), 'a typed array of 4 bytes'],
])('%s', (value, text) => {
  expect(quote(value)).toBe(text);
});

test('no code of the value runs', () => {
  const trap = (): never => {
    throw new Error('the value was touched');
  };
  const hostile = { toString: trap, toJSON: trap, [Symbol.toPrimitive]: trap };
  expect(quote(hostile)).toBe('an object');
  class Named {
    static get name(): never {
      return trap();
    }
  }
  expect(quote(new Named())).toBe('an object');
  expect(quote(new Proxy({}, { getPrototypeOf: trap, get: trap }))).toBe('an object');
});

test('errors carry a code, and the status that fits', () => {
  const cause = new Error('cause');
  const error = new TsgiError('TSGI_BODY_TOO_LARGE', 'too large', { cause });
  expect(error).toMatchObject({ name: 'TsgiError', code: 'TSGI_BODY_TOO_LARGE', status: 413, cause });
  expect(Object.keys(error)).toEqual(['code', 'status']);
  expect(new TsgiError('TSGI_EXPIRED', 'x')).not.toHaveProperty('status');
  expect(TsgiError.of({ rule: 'status-form', message: 'text' })).toMatchObject({
    code: 'TSGI_SPEC',
    rule: 'status-form',
    message: 'status-form: text',
  });
});
