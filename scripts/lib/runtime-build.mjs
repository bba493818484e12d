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
  inRepository('test/model'),
  inRepository('test/seeded'),
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
    await configure(native, chosen);
    await compile(native);
    recordFresh(name, print);
  });
}

/**
 * The tests of the core alone, as the sanitizer wants them: without libnode, and with defects that it must find.
 * @param {string} sanitizers
 */
export async function buildCoreTests(sanitizers) {
  const { native } = nativePaths(sanitizers);
  await step(`tests of the core${sanitizers && ` with ${sanitizers}`}`, async () => {
    await configure(native, sanitizers);
    await compile(native, ['--target', 'tsgi-core-tests']);
  });
}

/**
 * @param {string} native
 * @param {string} sanitizers
 */
function configure(native, sanitizers) {
  return run('cmake', ['-S', repository, '-B', native, `-DTSGI_SANITIZE=${sanitizers}`], {
    log: 'runtime-configure',
    what: 'configuring libtsgi',
    cure: '`npm run setup` provides what cmake looks for; `npm run clean` forgets an earlier answer',
  });
}

/**
 * @param {string} native
 * @param {readonly string[]} [target]
 */
function compile(native, target = []) {
  return run('cmake', ['--build', native, '--parallel', String(availableParallelism()), ...target], {
    log: 'runtime-build',
    what: 'compiling libtsgi',
  });
}
