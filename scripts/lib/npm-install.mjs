/** node_modules as the lock file says, installed anew only when one of the two changed. */
import { join } from 'node:path';
import { run } from './command.mjs';
import { fingerprint, isFresh, recordFresh } from './freshness.mjs';
import { inRepository, nodeModules } from './paths.mjs';
import { step } from './progress.mjs';

export async function installNpmPackages() {
  // npm writes this file last; it goes away with node_modules.
  const installed = join(nodeModules, '.package-lock.json');
  const print = fingerprint([inRepository('package-lock.json'), installed], [process.version]);
  if (isFresh('npm', print, [installed])) {
    return;
  }
  await step('npm packages', async () => {
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      log: 'npm-ci',
      what: 'npm ci',
      cure: 'package.json and package-lock.json must agree (`npm install` repairs it) and the npm registry be reachable',
    });
  });
  recordFresh('npm', fingerprint([inRepository('package-lock.json'), installed], [process.version]));
}
