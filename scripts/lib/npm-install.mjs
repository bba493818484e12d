/** node_modules as the lock file says, installed anew only when one of the two changed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { fingerprint, isFresh, recordFresh } from './freshness.mjs';
import { inRepository, nodeModules } from './paths.mjs';
import { step } from './progress.mjs';

/** What npm itself keeps of what it has installed; it writes this file last. */
const installed = join(nodeModules, '.package-lock.json');

/** Kept beside it, so that both go away together, and neither with build/. */
const stamp = join(nodeModules, '.tsgi-installed');

const state = () =>
  fingerprint([installed], [process.version, readFileSync(inRepository('package-lock.json'), 'utf8')]);

export async function installNpmPackages() {
  if (existsSync(installed) && isFresh(stamp, state(), [])) {
    return;
  }
  await step('npm packages', async () => {
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      log: 'npm-ci',
      what: 'npm ci',
      cure: 'package.json and package-lock.json must agree (`npm install` repairs it) and the npm registry be reachable',
    });
  });
  recordFresh(stamp, state());
}
