import type { Readable, Writable } from 'node:stream';

/** The part of `ChildProcess` that every asynchronous start of a program comes to. */
interface Child {
  stdin: Writable | null;
  stdout: Readable | null;
  stderr: Readable | null;
  stdio: unknown[];
}

interface SpawnOptions {
  stdio?: unknown;
}

interface ChildProcessModule {
  ChildProcess: { prototype: { spawn(this: Child, options: SpawnOptions): number } };
}

/**
 * What a program inherits of the standard streams of an application is the application's, not the server's: an empty
 * input, and output that becomes lines of the error log. Otherwise it would hold the server's terminal, or write into
 * its log file as it likes. Programs that are waited for (`execFileSync` and the like) inherit as ever.
 */
export function installChildOutput(): void {
  // What `require` gives is the object that everybody shares.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { prototype } = (require('node:child_process') as ChildProcessModule).ChildProcess;
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    const stdio = listOf(options.stdio);
    const inherited = stdio.map(inheritedFrom);
    const own = stdio.map((entry, index) => replacementOf(inherited[index]) ?? entry);
    const result = spawn.call(this, { ...options, stdio: own });
    for (const [index, from] of inherited.entries()) {
      if (from === 1 || from === 2) {
        forward(this, index, from);
      }
    }
    return result;
  };
}

function listOf(stdio: unknown): unknown[] {
  return Array.isArray(stdio) ? (stdio as unknown[]) : [stdio, stdio, stdio];
}

/** Which standard stream an entry of `stdio` means: 'inherit', its number, or the stream itself. */
function inheritedFrom(entry: unknown, index: number): number | undefined {
  const fd = entry === 'inherit' ? index : ((entry as { fd?: unknown } | null | undefined)?.fd ?? entry);
  return fd === 0 || fd === 1 || fd === 2 ? fd : undefined;
}

function replacementOf(inherited: number | undefined): string | undefined {
  return inherited === undefined ? undefined : inherited === 0 ? 'ignore' : 'pipe';
}

/** Reads what the child writes there; to the application it looks inherited. */
function forward(child: Child, index: number, from: 1 | 2): void {
  const stream = child.stdio[index] as Readable | null | undefined;
  child.stdio[index] = null;
  if (index === 1) {
    child.stdout = null;
  } else if (index === 2) {
    child.stderr = null;
  }
  stream?.on('data', (chunk: Buffer) => {
    (from === 1 ? process.stdout : process.stderr).write(chunk);
  });
}
