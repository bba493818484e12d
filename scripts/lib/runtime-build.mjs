/** libtsgi.so, the embedded runtime, and the tests of the core, by plain cmake. */
import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { fingerprint, isFresh, recordFresh } from './freshness.mjs';
import { inRepository, libnodeRoot, nativePaths, nodeModules, repository } from './paths.mjs';
import { step } from './progress.mjs';

export const nativeSources = [
  inRepository('CMakeLists.txt'),
  inRepository('package.json'),
  inRepository('native'),
  inRepository('test/native'),
  join(nodeModules, 'node-addon-api', 'package.json'),
  join(nodeModules, 'node-api-headers', 'package.json'),
];

/** @param {string} [sanitizers] */
export async function buildRuntime(sanitizers) {
  const { native, library, sanitizers: chosen } = nativePaths(sanitizers);
  const name = `runtime-${chosen || 'plain'}`;
  const print = fingerprint(nativeSources, [libnodeRoot, String(existsSync(libnodeRoot))]);
  if (isFresh(name, print, [library])) {
    return;
  }
  await step(`libtsgi${chosen && ` with ${chosen}`}`, async () => {
    await run('cmake', ['-S', repository, '-B', native, `-DTSGI_SANITIZE=${chosen}`], {
      log: 'runtime-configure',
      what: 'configuring libtsgi',
      cure: '`npm run setup` provides what cmake looks for; `npm run clean` forgets an earlier answer',
    });
    await run('cmake', ['--build', native, '--parallel', String(availableParallelism())], {
      log: 'runtime-build',
      what: 'compiling libtsgi',
    });
    recordFresh(name, print);
  });
}
