#!/usr/bin/env node
/**
 * `npm run prebuildify`: tsgi.node for this platform, in prebuilds/.
 *
 * prebuildify knows node-gyp alone, but runs whatever its nodeGyp option names and then collects build/Release/*.node: it
 * is given node-gyp-by-cmake-js.mjs.
 */
import { join } from 'node:path';
import { withBuildLock } from './lib/build-lock.mjs';
import { run } from './lib/command.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { runMain } from './lib/failure.mjs';
import { inRepository, nodeModules } from './lib/paths.mjs';
import { step } from './lib/progress.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run prebuildify

Compiles tsgi.node and puts it, stripped, into prebuilds/PLATFORM-ARCHITECTURE/, where a package carries it.
`;

await runMain(async () => {
  readCommandLine(usage, {});
  await setUp();
  await withBuildLock(() =>
    step('prebuilds', () =>
      run(process.execPath, [join(nodeModules, 'prebuildify/bin.js'), '--napi', '--strip', '--tag-libc'], {
        env: { ...process.env, PREBUILD_NODE_GYP: inRepository('scripts/node-gyp-by-cmake-js.mjs') },
        log: 'prebuildify',
        what: 'prebuildify',
      }),
    ),
  );
});
