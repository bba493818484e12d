/** The programs of docs/middleware.md run, and its tables of options are the whole of them. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'amaro';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Application } from '../../src';
import * as tsgi from '../../src';
import * as middleware from '../../src/middleware';
import { createMockHost } from '../../src/testing';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/middleware.md');
const blocks = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, text = '']) => text);
const folder = mkdtempSync(join(tmpdir(), 'tsgi-middleware-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const redis = new Map<string, string>();
const client = {
  on: () => client,
  connect: () => Promise.resolve(),
  close: () => Promise.resolve(),
  get: (key: string) => Promise.resolve(redis.get(key) ?? null),
  set: (key: string, value: string) => Promise.resolve(redis.set(key, value)),
  expire: () => Promise.resolve(1),
};

/** What the programs import; `console` and `process` are theirs too. */
const modules: Record<string, object> = {
  tsgi,
  'tsgi/middleware': middleware,
  redis: { createClient: () => client },
};

interface Program {
  application: Application;
  printed: string[];
}

/** The program that has this in it. Its imports are bound by hand: it lies in no folder in which they would be found. */
function load(marker: string): Program {
  const block = blocks.find((text) => text.includes(marker));
  expect(block, `docs/middleware.md has a program with ${marker}`).toBeDefined();
  const code = transformSync(block ?? '', { mode: 'strip-only' })
    .code.replaceAll(/^import (\{[^}]+\}) from ('[^']+');$/gm, 'const $1 = modules[$2];')
    .replaceAll(/^export const /gm, 'const ')
    .replaceAll('import.meta.url', 'url');
  const printed: string[] = [];
  const run = new Function('modules', 'url', 'process', 'console', `${code}\nreturn application;`) as (
    ...args: unknown[]
  ) => Application;
  const application = run(
    modules,
    pathToFileURL(join(folder, 'app.ts')).href,
    { env: { SESSION_SECRET: 's'.repeat(64) } },
    { log: (line: string) => printed.push(line), error: vi.fn() },
  );
  return { application, printed };
}

async function ask(program: Program, path: string, headers: Record<string, string> = {}, scheme?: 'https') {
  const host = createMockHost(program.application);
  const response = await host.request({ path, headers, ...(scheme && { scheme }) });
  await host.settled();
  expect([host.violations, host.faults]).toEqual([[], []]);
  return response;
}

describe('the programs of docs/middleware.md', () => {
  it('nest', async () => {
    const response = await ask(load('requestLog(securityHeaders('), '/shop');
    expect(response.text).toBe('the shop is at /shop\n');
    expect(response.header('x-content-type-options')).toBe('nosniff');
  });

  it('serve files', async () => {
    mkdirSync(join(folder, 'public'));
    writeFileSync(join(folder, 'public/a.css'), 'p {}');
    const program = load('staticFiles(\n');
    expect((await ask(program, '/static/a.css')).header('cache-control')).toBe('public, max-age=3600');
    expect((await ask(program, '/static/b.css')).text).toBe('what is no file comes here\n');
  });

  it('have sessions', async () => {
    for (const [marker, texts] of [
      ['memoryStore()', ['visit 1\n', 'visit 2\n']],
      ['redisStore(client)', ['remembered\n', 'remembered\n']],
    ] as const) {
      const program = load(marker);
      const first = await ask(program, '/');
      const cookie = first.header('set-cookie')?.split(';')[0] ?? '';
      expect([first.text, (await ask(program, '/', { Cookie: cookie })).text]).toEqual(texts);
    }
    expect([...redis.keys()]).toEqual([expect.stringMatching(/^session:/)]);
  });

  it('ask who it is', async () => {
    const Authorization = `Basic ${Buffer.from('ann:correct horse').toString('base64')}`;
    expect((await ask(load('basicAuth('), '/', { Authorization })).text).toBe('hello ann\n');
    const token = { Authorization: 'Bearer mF_9.B5f-4.1JqM' };
    expect((await ask(load('bearerAuth('), '/', token)).text).toBe('ann may read\n');
  });

  it('are careful', async () => {
    const response = await ask(load('securityHeaders(\n'), '/', {}, 'https');
    expect(response.header('content-security-policy')).toBe("default-src 'self'");
    expect(response.header('x-frame-options')).toBeUndefined();
    expect(response.header('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  });

  it('log', async () => {
    const program = load('requestLog(\n');
    await ask(program, '/x');
    expect(program.printed.map((line) => JSON.parse(line) as unknown)).toEqual([
      { request: 'GET /x HTTP/1.1', status: 200, milliseconds: expect.any(Number) as number, reason: 'complete' },
    ]);
  });

  it('map', async () => {
    expect((await ask(load("named('blog')"), '/blog/x')).text).toBe('blog: /blog|/x\n');
    expect((await ask(load("named('blog')"), '/blogger')).text).toBe('front: |/blogger\n');
  });

  it('are all of the programs', () => {
    expect(blocks).toHaveLength(9);
  });
});

it('docs/middleware.md has every function that the module exports', () => {
  for (const name of Object.keys(middleware)) {
    expect(page).toContain(`${name}(`);
  }
});

it('its tables of options are those of the interfaces', () => {
  const source = readdirSync(new URL('../../src/middleware', import.meta.url))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(`src/middleware/${name}`))
    .join('\n');
  const declared = [...source.matchAll(/^export interface (\w+Options) \{([^]*?)^\}/gm)]
    .filter(([, name = '']) => !/Store/.test(name)) // these are told in prose
    .map(([, , text = '']) => [...text.matchAll(/^ {2}(\w+)\??:/gm)].map(([, option]) => option).sort());
  const told = [...page.matchAll(/^\| option.*\n\|[-|]+\n((?:\|.*\n)+)/gm)].map(([, rows = '']) =>
    [...rows.matchAll(/^\| `(\w+)`/gm)].map(([, option]) => option).sort(),
  );
  const order = (lists: (string | undefined)[][]) => lists.map(String).sort();
  expect(order(told)).toEqual(order(declared));
});
