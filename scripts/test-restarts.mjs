#!/usr/bin/env node
/** `npm run test:restarts`: hundreds of graceful restarts of Apache under load. */
import { buildProducts } from './lib/build.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { UserMistake, runMain } from './lib/failure.mjs';
import { runParts } from './lib/proof.mjs';
import { runVitest } from './lib/runners.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run test:restarts [-- --restarts N]

Restarts Apache gracefully N times (500 unless told, about a second each) while clients ask it without a pause, under
event, worker and prefork side by side. No request may fail, and no process nor descriptor be left over.
`;

await runMain(async () => {
  const { values } = readCommandLine(usage, { restarts: { type: 'string', default: '500' } });
  if (!/^[1-9]\d*$/.test(values.restarts)) {
    throw new UserMistake(`--restarts wants a whole number above 0, not \`${values.restarts}\`.`);
  }
  await setUp();
  await buildProducts();
  return runParts([
    {
      title: `${values.restarts} graceful restarts under load`,
      run: () =>
        runVitest(['test/apache/load-restarts'], {
          report: 'vitest-restarts',
          seconds: 120 + 3 * Number(values.restarts),
          env: { ...process.env, TSGI_RESTARTS: values.restarts },
        }),
    },
  ]);
});
