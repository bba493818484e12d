#!/usr/bin/env node
/** `npm run test:growth`: an application of Express holds no more after very many requests than before. */
import { buildProducts } from './lib/build.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { UserMistake, runMain } from './lib/failure.mjs';
import { runParts } from './lib/proof.mjs';
import { runVitest } from './lib/runners.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run test:growth [-- --requests N]

Asks an application of Express N times (200,000 unless told) inside nginx, and as often inside Apache, by clients of which
some leave before they are answered. Heap, resident memory, descriptors and listeners must be what they were.
`;

await runMain(async () => {
  const { values } = readCommandLine(usage, { requests: { type: 'string', default: '200000' } });
  if (!/^[1-9]\d*$/.test(values.requests)) {
    throw new UserMistake(`--requests wants a whole number above 0, not \`${values.requests}\`.`);
  }
  await setUp();
  await buildProducts();
  return runParts([
    {
      title: `${values.requests} requests to Express inside each server`,
      run: () =>
        runVitest(['load-growth'], {
          report: 'vitest-growth',
          seconds: 240 + Math.ceil(Number(values.requests) / 100),
          env: { ...process.env, TSGI_GROWTH_REQUESTS: values.requests },
        }),
    },
  ]);
});
