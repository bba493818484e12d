import { describe, expect, test } from 'vitest';
import { checkHeaders, declaredLength } from '../../src/index';

describe('checkHeaders', () => {
  test('accepts what HTTP allows', () => {
    expect(
      checkHeaders([
        ['Content-Type', 'text/plain'],
        ['content-type', ''],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ["!#$%&'*+-.^_`|~09azAZ", 'tab\tand caf\xe9'],
        ['Content-Length', '12'],
        ['Upgrade-Insecure-Requests', '1'],
      ]),
    ).toBeUndefined();
    expect(checkHeaders([])).toBeUndefined();
  });

  test.each<[unknown, string, string]>([
    [{ 'Content-Type': 'text/plain' }, 'headers-array', 'the headers must be an array of [name, value], not an object'],
    [
      new Map([['a', 'b']]),
      'headers-array',
      'the headers must be an array of [name, value], not an object of class Map',
    ],
    [undefined, 'headers-array', 'the headers must be an array of [name, value], not undefined'],
    [['A: b'], 'headers-pair', 'header 0 must be an array of two strings, not "A: b"'],
    [
      [
        ['A', 'b'],
        ['C', 1],
      ],
      'headers-pair',
      'header 1 must be an array of two strings, not ["C", 1]',
    ],
    [[['A', 'b', 'c', 'd']], 'headers-pair', 'header 0 must be an array of two strings, not ["A", "b", "c", ...]'],
    [
      [['Set-Cookie', ['a', 'b']]],
      'headers-pair',
      'header 0 must be an array of two strings, not ["Set-Cookie", an array of length 2]',
    ],
    [[, ['A', 'b']], 'headers-pair', 'header 0 must be an array of two strings, not undefined'],
    [[['', 'x']], 'header-name', 'a header name must be a token, not ""'],
    [[['Foo:', 'x']], 'header-name', 'a header name must be a token, not "Foo:"'],
    [[['Foo Bar', 'x']], 'header-name', 'a header name must be a token, not "Foo Bar"'],
    [[['Foo\r\nBar', 'x']], 'header-name', 'a header name must be a token, not "Foo\\r\\nBar"'],
    [[['F\xf6\xf6', 'x']], 'header-name', 'a header name must be a token, not "F\\u00f6\\u00f6"'],
    [
      [['A', 'x\r\nSet-Cookie: y']],
      'header-value',
      'the value of header "A" must be Latin-1 without CR, LF or NUL, not "x\\r\\nSet-Cookie: y"',
    ],
    [[['A', 'x\n']], 'header-value', 'the value of header "A" must be Latin-1 without CR, LF or NUL, not "x\\n"'],
    [[['A', '\0']], 'header-value', 'the value of header "A" must be Latin-1 without CR, LF or NUL, not "\\u0000"'],
    [[['A', '\u2713']], 'header-value', 'the value of header "A" must be Latin-1 without CR, LF or NUL, not "\\u2713"'],
    [[['Content-Length', '-1']], 'header-content-length', 'Content-Length must be a decimal number, not "-1"'],
    [[['content-length', '1, 1']], 'header-content-length', 'Content-Length must be a decimal number, not "1, 1"'],
    [
      [['Content-Length', '1234567890123456']],
      'header-content-length',
      'Content-Length must be a decimal number, not "1234567890123456"',
    ],
    [[['Content-Length', '']], 'header-content-length', 'Content-Length must be a decimal number, not ""'],
    [
      [
        ['Content-Length', '1'],
        ['CONTENT-LENGTH', '1'],
      ],
      'header-content-length',
      'Content-Length must be given at most once, second value "1"',
    ],
  ])('refuses %j', (headers, rule, message) => {
    expect(checkHeaders(headers)).toEqual({ rule, message });
    expect(checkHeaders(headers), 'the second time as well').toEqual({ rule, message });
  });

  test.each([
    'Connection',
    'keep-alive',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'Proxy-Connection',
    'TE',
    'Trailer',
    'Trailers',
    'transfer-encoding',
    'UPGRADE',
    'Status',
  ])('leaves %s to the server', (name) => {
    expect(checkHeaders([[name, 'x']])).toEqual({
      rule: 'header-server-owned',
      message: `header "${name}" belongs to the server (hop-by-hop, or CGI's Status)`,
    });
  });

  test('a name that passed before is not trusted with another value', () => {
    expect(checkHeaders([['X-Once', 'good']])).toBeUndefined();
    expect(checkHeaders([['X-Once', 'bad\n']])?.rule).toBe('header-value');
  });

  test('more names than it remembers', () => {
    for (let index = 0; index < 1000; index++) {
      expect(checkHeaders([[`X-${index}`, '']])).toBeUndefined();
    }
    expect(checkHeaders([['X 1', '']])?.rule).toBe('header-name');
  });
});

test('the declared length', () => {
  expect(declaredLength([['Content-Type', 'x']])).toBeUndefined();
  expect(
    declaredLength([
      ['Content-Type', 'x'],
      ['content-LENGTH', '042'],
    ]),
  ).toBe(42);
});
