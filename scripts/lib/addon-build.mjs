/** tsgi.node and its fake host for a stock node, by cmake-js. */
import { join } from 'node:path';
import { run } from './command.mjs';
import { fingerprint, isFresh, recordFresh } from './freshness.mjs';
import { nativePaths, nodeModules } from './paths.mjs';
import { step } from './progress.mjs';
import { nativeSources } from './runtime-build.mjs';

/** @param {string} [sanitizers] */
export async function buildAddon(sanitizers) {
  const { addon, addonFile, fakeHostFile, sanitizers: chosen } = nativePaths(sanitizers);
  const name = `addon-${chosen || 'plain'}`;
  const print = fingerprint(nativeSources);
  if (isFresh(name, print, [addonFile, fakeHostFile])) {
    return;
  }
  await step(`tsgi.node${chosen && ` with ${chosen}`}`, async () => {
    await run(
      process.execPath,
      [join(nodeModules, 'cmake-js/bin/cmake-js'), 'compile', '--out', addon, `--CDTSGI_SANITIZE=${chosen}`],
      { log: 'addon-build', what: 'compiling tsgi.node' },
    );
    recordFresh(name, print);
  });
}
