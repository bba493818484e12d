/** Commands that may not make memory executable, as under systemd's MemoryDenyWriteExecute. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('no_exec.c', import.meta.url));

export class NoExec {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
  readonly #program = join(this.#folder, 'no_exec');

  constructor() {
    chmodSync(this.#folder, 0o755); // the server's user is another, maybe
    execFileSync('cc', ['-Wall', '-Wextra', '-Werror', '-o', this.#program, source], { stdio: 'pipe' });
  }

  /** What the command is run under. */
  by(means: 'prctl' | 'seccomp'): string[] {
    return [this.#program, means];
  }

  /** Why it cannot be had here; '' where it can. */
  obstacle(means: 'prctl' | 'seccomp'): string {
    const { status, stderr } = spawnSync(this.#program, [means, 'true'], { encoding: 'utf8' });
    return status === 0 ? '' : stderr.trim();
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
