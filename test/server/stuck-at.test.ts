/** Where a stuck isolate was, in its sources. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import type { Binding } from '../../src/server/binding';
import { NO_SCOPE } from '../../src/server/report';
import { reportSources } from '../../src/server/stuck-at';

const folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const source = `interface Gone {
  lines: number;
}

export function spin(gone: Gone): void {
  for (;;) gone.lines++;
}
`;

/** Compiles the source to `name`, with its map inside or beside it, and gives the path. */
function compile(name: string, options: ts.CompilerOptions, change = (text: string) => text): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, ...options };
  const { outputText, sourceMapText } = ts.transpileModule(source, { fileName: 'spin.ts', compilerOptions });
  const path = join(folder, name);
  writeFileSync(path, change(outputText));
  if (sourceMapText !== undefined) {
    writeFileSync(join(folder, 'spin.js.map'), sourceMapText);
  }
  return path;
}

/** The lines that are logged of a stack. */
function told(stack: string): string[] {
  const lines: string[] = [];
  const log: Binding['log'] = (_handle, _app, _level, tag, text) => {
    lines.push(`${tag} ${text}`);
  };
  reportSources({ log } as Binding, NO_SCOPE, stack);
  return lines.flatMap((text) => text.split('\n'));
}

const compiled = (path: string) => `\n    at spin (${path}:2:11)\n    at node:internal/timers:573:17`;
const inSources = [
  '1033 in its sources the stuck thread was',
  `    at spin (${join(folder, 'spin.ts')}:6:3)`,
  '    at node:internal/timers:573:17',
];

describe('a stack is told in its sources', () => {
  it('by the map inside of a file', () => {
    expect(told(compiled(compile('inside.js', { inlineSourceMap: true })))).toEqual(inSources);
  });

  it('by the map beside a file', () => {
    expect(told(compiled(compile('beside.js', { sourceMap: true })))).toEqual(inSources);
  });

  it('by the URL of a module, and without the name of a function', () => {
    const url = pathToFileURL(compile('module.mjs', { inlineSourceMap: true })).href;
    expect(told(`\n    at ${url}:2:11`)).toEqual([inSources[0], `    at ${join(folder, 'spin.ts')}:6:3`]);
  });
});

describe('nothing is told', () => {
  it.each([
    ['without a map', () => compile('none.js', {})],
    ['of a map that is not there', () => compile('gone.js', {}, (text) => `${text}//# sourceMappingURL=gone.js.map\n`)],
    ['of a map that is none', () => compile('bad.js', {}, (text) => `${text}//# sourceMappingURL=data:,{"version"\n`)],
    ['of a file that is not there', () => join(folder, 'missing.js')],
  ])('%s', (_what, path) => {
    expect(told(compiled(path()))).toEqual([]);
  });
});
