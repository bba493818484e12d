import { expect, test } from 'vitest';
import { lint, type Application, type Headers } from '../../src/index';
import { securityHeaders, type StrictTransport } from '../../src/middleware/index';
import { run } from '../spec/host';

const page = (headers: Headers = []): Application =>
  lint((_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/html'], ...headers]);
    return new Set(['page']);
  });

async function headersOf(application: Application, environ: Record<string, unknown> = {}): Promise<Headers> {
  const outcome = await run(application, { environ });
  expect(outcome.violations).toEqual([]);
  return outcome.headers;
}

test('the usual fields are added', async () => {
  expect(await headersOf(securityHeaders(page()))).toEqual([
    ['Content-Type', 'text/html'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['Referrer-Policy', 'strict-origin-when-cross-origin'],
  ]);
});

test('what the application says stays', async () => {
  const headers = await headersOf(securityHeaders(page([['x-frame-options', 'DENY']])));
  expect(headers.filter(([name]) => name.toLowerCase() === 'x-frame-options')).toEqual([['x-frame-options', 'DENY']]);
});

test('fields may be left out, replaced and added', async () => {
  const application = securityHeaders(page(), {
    headers: {
      'referrer-policy': 'no-referrer',
      'X-Frame-Options': false,
      'Content-Security-Policy': "default-src 'self'",
    },
  });
  expect(await headersOf(application)).toEqual([
    ['Content-Type', 'text/html'],
    ['X-Content-Type-Options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
    ['Content-Security-Policy', "default-src 'self'"],
  ]);
});

test('Strict-Transport-Security is sent over TLS alone, and only when asked for', async () => {
  const https = { 'tsgi.url_scheme': 'https', HTTPS: 'on' };
  const names = async (application: Application, environ = {}): Promise<string[]> =>
    (await headersOf(application, environ)).map(([name]) => name);
  expect(await names(securityHeaders(page()), https)).not.toContain('Strict-Transport-Security');
  expect(await names(securityHeaders(page(), { strictTransport: 60 }))).not.toContain('Strict-Transport-Security');
  expect(await headersOf(securityHeaders(page(), { strictTransport: 60 }), https)).toContainEqual([
    'Strict-Transport-Security',
    'max-age=60',
  ]);
});

test('Strict-Transport-Security may go further', async () => {
  const value = async (strictTransport: number | StrictTransport) =>
    (await headersOf(securityHeaders(page(), { strictTransport }), { 'tsgi.url_scheme': 'https', HTTPS: 'on' })).find(
      ([name]) => name === 'Strict-Transport-Security',
    )?.[1];
  expect(await value({ maxAge: 60 })).toBe('max-age=60');
  expect(await value({ maxAge: 60, includeSubDomains: true })).toBe('max-age=60; includeSubDomains');
  expect(await value({ maxAge: 60, includeSubDomains: true, preload: true })).toBe(
    'max-age=60; includeSubDomains; preload',
  );
  expect(() => securityHeaders(page(), { strictTransport: { maxAge: 0.5 } })).toThrow(TypeError);
});

test('wrong options are refused at once', () => {
  expect(() => securityHeaders(page(), { headers: { 'X Y': 'z' } })).toThrow('header-name');
  expect(() => securityHeaders(page(), { strictTransport: -1 })).toThrow(TypeError);
});

test('wrong headers of the application are left to the server to refuse, and errors are passed', async () => {
  const wrong = await run(
    securityHeaders((_environ, startResponse) => {
      startResponse('200 OK', [['A']] as unknown as Headers);
      return null;
    }),
  );
  expect(wrong.violations.map(({ rule }) => rule)).toEqual(['headers-pair']);

  const failure = new Error('failed');
  const replaced = await run(
    securityHeaders(function* (_environ, startResponse) {
      startResponse('200 OK', []);
      startResponse('500 Failed', [], failure);
      yield 'sorry';
    } as Application),
  );
  expect(replaced).toMatchObject({ status: '500 Failed', body: 'sorry', violations: [] });
});
