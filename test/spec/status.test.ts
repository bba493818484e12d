import { describe, expect, test } from 'vitest';
import { checkStatus, isBodyless, statusCode } from '../../src/index';

describe('checkStatus', () => {
  test.each(['200 OK', '404 Not Found', '999 x', '418 I\xb4m a teapot', '200  '])('accepts %j', (status) => {
    expect(checkStatus(status)).toBeUndefined();
  });

  test.each<readonly [unknown, string, string]>([
    [200, 'status-string', 'the status must be a string such as "200 OK", not 200'],
    [undefined, 'status-string', 'the status must be a string such as "200 OK", not undefined'],
    [{ status: 200 }, 'status-string', 'the status must be a string such as "200 OK", not an object'],
    [['200 OK'], 'status-string', 'the status must be a string such as "200 OK", not an array of length 1'],
    [
      '103 Early Hints',
      'status-interim',
      'the status must not be 1xx: interim responses are the server\'s (103: tsgi.early_hints), not "103 Early Hints"',
    ],
    ...[
      '',
      '200',
      '200 ',
      '2000 OK',
      '20 OK',
      '200\tOK',
      '200 OK\r\nX: y',
      '200 OK\n',
      '200 \u2713',
      '099 Low',
      '٢٠٠ OK',
    ].map(
      (status) =>
        [
          status,
          'status-form',
          'the status must be "NNN Reason", three digits from 200 to 999, a space and a reason without control characters, not ' +
            JSON.stringify(status).replace(
              /[^\x20-\x7e]/g,
              (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
            ),
        ] as const,
    ),
  ])('refuses %j', (status, rule, message) => {
    expect(checkStatus(status)).toEqual({ rule, message });
  });
});

test('the number of a status, and whether it allows content', () => {
  expect(statusCode('503 Service Unavailable')).toBe(503);
  expect([200, 204, 304, 205].map(isBodyless)).toEqual([false, true, true, false]);
});
