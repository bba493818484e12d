import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lint, type Application } from '../../src/index';
import { acceptAll, makeEnviron, run, type HostOptions, type Outcome } from '../spec/host';

const names = ['hello', 'environ', 'clock', 'echo', 'stack'] as const;
type Name = (typeof names)[number];

async function load(name: Name): Promise<Application> {
  const module = (await import(join(__dirname, `../../examples/${name}/app.ts`))) as { application: Application };
  return module.application;
}

/** Asks an example under the validator, which it must satisfy. */
async function ask(name: Name, options: HostOptions = {}): Promise<Outcome> {
  const outcome = await run(await load(name), {
    ...options,
    environ: { SCRIPT_NAME: `/${name}`, PATH_INFO: '', REQUEST_URI: `/${name}`, ...options.environ },
  });
  expect(outcome.violations).toEqual([]);
  expect(outcome.error).toBeUndefined();
  return outcome;
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('hello', async () => {
  expect(await ask('hello')).toMatchObject({ status: '200 OK', body: expect.stringMatching(/^Hello/) as string });
});

describe('environ', () => {
  test('as text', async () => {
    const { body, headers } = await ask('environ', {
      environ: { QUERY_STRING: 'a=1', PATH_INFO: '/caf\xc3\xa9', REMOTE_USER: '"<b>' },
    });
    expect(headers).toContainEqual(['Content-Type', 'text/plain; charset=utf-8']);
    expect(body).toContain('SCRIPT_NAME = "/environ"\n');
    expect(body).toContain('PATH_INFO = "/café"\n');
    expect(body).toContain('tsgi.version = "[1,0]"\n');
  });

  test('as a page, escaped', async () => {
    const { body, headers } = await ask('environ', {
      environ: { HTTP_ACCEPT: 'text/html,*/*', QUERY_STRING: '<script>"&\'', HTTP_COOKIE: 'k=\xe2\x9c\x93' },
    });
    expect(headers).toContainEqual(['Content-Type', 'text/html; charset=utf-8']);
    expect(body).toContain('<td>&lt;script&gt;&quot;&amp;&#39;</td>');
    expect(body).toContain('<td>k=✓</td>');
  });
});

describe('clock', () => {
  test('ends after so many events', async () => {
    const { chunks, headers } = await ask('clock', { environ: { QUERY_STRING: 'count=3&interval=1' } });
    expect(headers).toContainEqual(['Content-Type', 'text/event-stream']);
    expect(chunks).toHaveLength(3);
    chunks.forEach((chunk, index) => {
      expect(chunk).toMatch(new RegExp(`^id: ${index + 1}\ndata: \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\n\n$`));
    });
  });

  test.each(['count=0', 'count=-1', 'count=x', 'interval=0', 'interval=99999999999', 'interval=86400001'])(
    'refuses %s',
    async (QUERY_STRING) => {
      expect((await ask('clock', { environ: { QUERY_STRING } })).status).toBe('400 Bad Request');
    },
  );

  test('stops its timer when the client leaves', async () => {
    const controller = new AbortController();
    const environ = makeEnviron({ QUERY_STRING: 'interval=86400000', 'tsgi.signal': controller.signal });
    const body = lint(await load('clock'))(environ, acceptAll) as AsyncIterable<string>;
    const iterator = body[Symbol.asyncIterator]();
    await iterator.next();
    const second = iterator.next();
    controller.abort();
    expect(await second).toEqual({ done: true, value: undefined });
  });
});

describe('echo', () => {
  test('sends back what it gets, with its type', async () => {
    const { body, headers } = await ask('echo', {
      environ: { REQUEST_METHOD: 'POST', CONTENT_TYPE: 'text/x-odd', CONTENT_LENGTH: '12' },
      input: ['what ', 'goes up'],
    });
    expect(body).toBe('what goes up');
    expect(headers).toContainEqual(['Content-Type', 'text/x-odd']);
    expect(headers).toContainEqual(['Content-Length', '12']);
  });

  test('of a body whose length nobody knows', async () => {
    const { body, headers } = await ask('echo', { environ: { REQUEST_METHOD: 'PUT' }, input: ['abc'] });
    expect(body).toBe('abc');
    expect(headers.map(([name]) => name)).not.toContain('Content-Length');
  });

  test('says how it is used', async () => {
    expect((await ask('echo')).body).toContain('http://HOST/echo');
  });
});

describe('stack', () => {
  test.each([
    ['', /\/stack\/greet\/NAME/],
    ['/greet/J\xc3\xb6rg', /^Hello, Jörg\.$/m],
    ['/numbers', /^1\n2\n3\n/],
  ])('%j', async (PATH_INFO, expected) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const { status, body, headers } = await ask('stack', { environ: { PATH_INFO } });
    expect(status).toBe('200 OK');
    expect(body).toMatch(expected);
    const sent = headers.map(([name]) => name);
    expect(sent).toEqual(expect.arrayContaining(['X-Content-Type-Options', 'Server-Timing']));
    expect(log.mock.calls).toEqual([[expect.stringMatching(/"GET \/stack HTTP\/1\.1" 200 \d+$/)]]);
  });
});

test.each(names)('%s needs no compiler', async (name) => {
  const amaro = (await import('amaro')) as unknown as {
    transformSync(source: string, options: { mode: 'strip-only' }): { code: string };
  };
  const source = readFileSync(join(__dirname, `../../examples/${name}/app.ts`), 'utf8');
  const { code } = amaro.transformSync(source, { mode: 'strip-only' });
  expect(code).toContain('export const application');
});
