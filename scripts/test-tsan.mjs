#!/usr/bin/env node
/** `npm run test:tsan`: what threads may do to each other. */
import { withBuildLock } from './lib/build-lock.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { runMain } from './lib/failure.mjs';
import { nativePaths } from './lib/paths.mjs';
import { runParts } from './lib/proof.mjs';
import { buildCoreTests } from './lib/runtime-build.mjs';
import { runCtest } from './lib/runners.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run test:tsan

Runs the tests of the core under ThreadSanitizer, and the model that takes queue and port through every interleaving; both
also with defects on purpose that they must find.
`;

const env = { ...process.env, TSAN_OPTIONS: 'halt_on_error=0:second_deadlock_stack=1' };

await runMain(async () => {
  readCommandLine(usage, {});
  await setUp();
  const [plain, threads] = ['', 'thread'];
  await withBuildLock(async () => {
    await buildCoreTests(plain);
    await buildCoreTests(threads);
  });
  return runParts([
    {
      title: 'the model of wake and drain',
      run: () => runCtest(nativePaths(plain).native, { report: 'model', args: ['-L', 'model'] }),
    },
    {
      title: 'tests of the core under ThreadSanitizer',
      run: () => runCtest(nativePaths(threads).native, { report: 'ctest-thread', env }),
    },
  ]);
});
