/** The temporary folder of a whole run: vitest ends its workers without a word, so they cannot clear away themselves. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Before the workers are forked, which inherit it; what it returns is called when they have ended. */
export function setup() {
  const before = process.env.TMPDIR;
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-run-'));
  chmodSync(folder, 0o1777); // the user of the servers writes there, too
  process.env.TMPDIR = folder;
  return () => {
    if (before === undefined) {
      delete process.env.TMPDIR;
    } else {
      process.env.TMPDIR = before;
    }
    rmSync(folder, { recursive: true, force: true });
  };
}
