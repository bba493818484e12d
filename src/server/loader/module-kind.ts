/** Which kind of module a file is, decided as Node 22 decides it. Also used on the hooks thread. */
import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import { stripTypes } from './strip-types';

export type ModuleKind = 'commonjs' | 'module';

const BY_EXTENSION: Record<string, ModuleKind> = {
  '.cjs': 'commonjs',
  '.cts': 'commonjs',
  '.mjs': 'module',
  '.mts': 'module',
};

/** V8's messages for source that is certainly a module. */
const MODULE_SYNTAX = [
  'Cannot use import statement outside a module',
  "Unexpected token 'export'",
  "Cannot use 'import.meta' outside a module",
];

/** V8's messages for source that is a module if it compiles with a top-level await. */
const MAYBE_AWAIT = [
  'await is only valid in async functions and the top level bodies of modules',
  "Identifier '__filename' has already been declared",
  "Identifier '__dirname' has already been declared",
  "Identifier 'exports' has already been declared",
  "Identifier 'module' has already been declared",
  "Identifier 'require' has already been declared",
];

const WRAPPER = ['exports', 'require', 'module', '__filename', '__dirname'];

/** Whether a path is one that types are stripped from. */
export function isTypeScript(path: string): boolean {
  return /\.[cm]?ts$/.test(path);
}

/** The kind that extension and nearest package.json declare; undefined when they leave it to the source. */
export function declaredKind(path: string): ModuleKind | undefined {
  const extension = extname(path);
  return BY_EXTENSION[extension] ?? packageKind(dirname(path));
}

/** The kind of a script: declared, or else what its syntax shows. */
export function kindOf(path: string): ModuleKind {
  return declaredKind(path) ?? kindOfSource(sourceOf(path));
}

/** What of a file is JavaScript. */
export function sourceOf(path: string): string {
  const source = readFileSync(path, 'utf8');
  return isTypeScript(path) ? stripTypes(source, path) : source;
}

/** `module` when the source has syntax that only modules have; `commonjs` also for source that is simply wrong. */
export function kindOfSource(source: string): ModuleKind {
  const message = compileError(source);
  if (message === undefined) {
    return 'commonjs';
  }
  if (MODULE_SYNTAX.includes(message)) {
    return 'module';
  }
  if (MAYBE_AWAIT.includes(message)) {
    const inside = compileError(`(async function () {${source}\n})`);
    return inside === undefined || MODULE_SYNTAX.includes(inside) ? 'module' : 'commonjs';
  }
  return 'commonjs';
}

function compileError(source: string): string | undefined {
  try {
    compileFunction(source.replace(/^#!.*/, ''), source.startsWith('(async') ? [] : WRAPPER);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** `type` of the nearest package.json; one without `type`, and none at all, leave it open. */
function packageKind(folder: string): ModuleKind | undefined {
  for (let current = folder; ; current = dirname(current)) {
    let text: string | undefined;
    try {
      text = readFileSync(join(current, 'package.json'), 'utf8');
    } catch {
      // Go on above: what matters is the nearest that can be read.
    }
    if (text !== undefined) {
      return typeOf(text);
    }
    if (current.endsWith('node_modules') || dirname(current) === current) {
      return undefined;
    }
  }
}

function typeOf(text: string): ModuleKind | undefined {
  try {
    const { type } = JSON.parse(text) as { type?: unknown };
    return type === 'module' || type === 'commonjs' ? type : undefined;
  } catch {
    return undefined;
  }
}
