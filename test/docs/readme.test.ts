/** The programs that README.md shows are programs, and what it imports exists. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'amaro';
import { afterAll, describe, expect, it } from 'vitest';
import type { Application } from '../../src';
import * as tsgi from '../../src';
import * as middleware from '../../src/middleware';
import * as testing from '../../src/testing';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const folder = mkdtempSync(join(tmpdir(), 'tsgi-readme-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The module that a block of the page is. */
async function load(marker: string): Promise<Record<string, unknown>> {
  const block = blocks.find(({ text }) => text.includes(marker));
  expect(block, `README.md has a block with ${marker}`).toBeDefined();
  const { language, text } = block ?? { language: '', text: '' };
  const path = join(folder, `${marker.replaceAll(/\W/g, '')}.mjs`);
  writeFileSync(path, language === 'ts' ? transformSync(text, { mode: 'strip-only' }).code : text);
  return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
}

describe('README.md', () => {
  it('has an application that says hello', async () => {
    const { application } = await load('// /srv/app.ts');
    const host = testing.createMockHost(application as Application);
    const { status, text } = await host.request({ path: '/app', mount: '/app' });
    expect(status).toBe(200);
    expect(text).toMatch(/^Hello from \/app, /);
  });

  it('has an application that streams events', async () => {
    const { application } = await load('events.mjs');
    const body = (application as (...args: unknown[]) => AsyncGenerator<string>)({}, () => undefined);
    expect((await body.next()).value).toBe('data: 1\n\n');
    await body.return(undefined);
  });

  it('imports what there is', () => {
    const modules: Record<string, object> = { tsgi, 'tsgi/middleware': middleware, 'tsgi/testing': testing };
    const imports = [...readme.matchAll(/import (type )?\{ ([\w, ]+) \} from '(tsgi[/\w]*)'/g)];
    expect(imports.length).toBeGreaterThan(2);
    for (const [, type, names = '', from = ''] of imports) {
      for (const name of names.split(', ')) {
        expect(modules, from).toHaveProperty([from]);
        if (type === undefined) {
          expect(Object.keys(modules[from] ?? {}), from).toContain(name);
        }
      }
    }
  });
});
