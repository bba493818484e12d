/**
 * Makes a script the main module of its program, since many decide by that whether to serve: `require.main === module`,
 * `process.argv[1] === fileURLToPath(import.meta.url)`, `import.meta.main`. Also used on the hooks thread.
 */
import { realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';

/** Node's own way to load the file that it is started with; there since Node 0.x. */
interface MainLoader {
  _load(path: string, parent: null, isMain: true): unknown;
}

/** The source of a module, as loaders of modules pass it on. */
export interface ModuleSource {
  format?: string | null | undefined;
  source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
}

/**
 * Says to the program which file it is. Returns the file itself where the path leads through a symbolic link: it is what
 * modules know themselves by.
 */
export function announceMain(path: string): string {
  const file = resolveLinks(path);
  process.argv = [process.argv[0] ?? process.execPath, file, ...process.argv.slice(2)];
  return file;
}

function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // the loader will say what is wrong with it
  }
}

/** Loads a CommonJS file as the main module. */
export function requireMain(file: string): unknown {
  return (nodeModule.Module as unknown as MainLoader)._load(file, null, true);
}

/** Has a module that asks for `import.meta.main` find it true, on every Node; stacks keep their lines. */
export function markMain<Loaded extends ModuleSource>(loaded: Loaded): Loaded {
  const { format, source } = loaded;
  if (format !== 'module' || source === null || source === undefined) {
    return loaded;
  }
  const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString();
  if (!/\bimport\.meta\.main\b/.test(text)) {
    return loaded;
  }
  return { ...loaded, source: text.replace(/^(#!.*\n)?/, '$1import.meta.main = true; ') };
}
