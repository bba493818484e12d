#!/usr/bin/env node
/** `npm run test:mpm`: the conformance suite with Apache's other ways to have processes and threads. */
import { mpms } from './lib/apache-config.mjs';
import { buildProducts } from './lib/build.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { UserMistake, runMain } from './lib/failure.mjs';
import { runParts } from './lib/proof.mjs';
import { runVitest } from './lib/runners.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run test:mpm [-- MPM...]

Runs the whole conformance suite inside Apache with each MPM named, worker and prefork where none is: npm test does that
for event, and for these two with a part of the suite.
`;

await runMain(async () => {
  const { positionals } = readCommandLine(usage, {}, { positionals: true });
  const unknown = positionals.find((name) => !mpms.includes(/** @type {any} */ (name)));
  if (unknown !== undefined) {
    throw new UserMistake(`There is no MPM \`${unknown}\`; there are ${mpms.join(', ')}.`);
  }
  await setUp();
  await buildProducts();
  const chosen = positionals.length > 0 ? positionals : mpms.filter((mpm) => mpm !== 'event');
  return runParts(
    chosen.map((mpm) => ({
      title: `the conformance suite with ${mpm}`,
      run: () =>
        runVitest([`test/conformance/apache-${mpm}`], {
          report: `vitest-mpm-${mpm}`,
          env: { ...process.env, TSGI_WHOLE_SUITE: '1' },
        }),
    })),
  );
});
