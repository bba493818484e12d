/**
 * The application of Next.js that test/compatibility has, built as its developers build it: `next build` with
 * `output: 'standalone'`, and the static files laid beside the server. Next.js is 300 MB of packages, so it is not among those of
 * this repository: it has a lock file of its own and is installed below build/. Only that needs a registry.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { fingerprint, isFresh, recordFresh } from './freshness.mjs';
import { build, inRepository } from './paths.mjs';
import { step } from './progress.mjs';

const sources = inRepository('test/compatibility/applications/next');
const folder = join(build, 'compatibility/next');
const standalone = join(folder, '.next/standalone');

export async function buildNextApplication() {
  const print = fingerprint([sources], [process.version]);
  const made = [join(standalone, 'server.js'), join(standalone, '.next/static')];
  if (isFresh('next-application', print, made)) {
    return;
  }
  await step('an application of Next.js', async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    cpSync(sources, folder, { recursive: true });
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      log: 'next-install',
      what: 'npm ci for Next.js',
      cure: 'the npm registry must be reachable',
    });
    await run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
      cwd: folder,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NEXT_IGNORE_INCORRECT_LOCKFILE: '1' },
      log: 'next-build',
      what: 'next build',
    });
    cpSync(join(folder, 'public'), join(standalone, 'public'), { recursive: true });
    cpSync(join(folder, '.next/static'), join(standalone, '.next/static'), { recursive: true });
    recordFresh('next-application', print);
  });
}
