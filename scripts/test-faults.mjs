#!/usr/bin/env node
/** `npm run test:faults`: every fault of test/faults, on nginx and on Apache. */
import { buildProducts } from './lib/build.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { runMain } from './lib/failure.mjs';
import { runParts } from './lib/proof.mjs';
import { runVitest } from './lib/runners.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run test:faults [-- --only TEXT]

Has every fault of the table in test/faults happen to nginx and to Apache: clients that leave, processes that are killed,
memory, disk, descriptors, threads and address space that are short, scripts that are gone, clocks that jump. \`npm test\`
runs the quick ones. TEXT is a part of the names of those that are wanted.
`;

await runMain(async () => {
  const { values } = readCommandLine(usage, { only: { type: 'string' } });
  await setUp();
  await buildProducts();
  const args = values.only === undefined ? [] : ['--testNamePattern', values.only];
  return runParts(
    ['nginx', 'apache'].map((server) => ({
      title: `faults of ${server}`,
      run: () =>
        runVitest([`test/faults/${server}`], {
          report: `vitest-faults-${server}`,
          args,
          env: { ...process.env, TSGI_SANITIZE: undefined, TSGI_TEST_FAULTS: 'all' },
        }),
    })),
  );
});
