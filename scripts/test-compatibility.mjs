#!/usr/bin/env node
/** `npm run test:compatibility`: existing applications under plain node, inside nginx and inside Apache. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { buildProducts } from './lib/build.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { compatibilityPage, recordsFolder } from './lib/compatibility-page.mjs';
import { runMain } from './lib/failure.mjs';
import { buildNextApplication } from './lib/next-application.mjs';
import { inRepository } from './lib/paths.mjs';
import { runParts } from './lib/proof.mjs';
import { runVitest } from './lib/runners.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run test:compatibility [-- FAMILY...]

Plays every shape of test/compatibility to every application there: under plain node, inside nginx and inside Apache.
Writes what came out to docs/compatibility.md, unless families (http, express ...) are named: then it only runs those.
The application of Next.js is installed and built below build/ first, with packages that nothing else here needs.
`;

await runMain(async () => {
  const { positionals } = readCommandLine(usage, {}, { positionals: true });
  const families = /** @type {readonly string[]} */ (positionals);
  await setUp();
  await buildProducts();
  if (families.length === 0 || families.includes('next')) {
    await buildNextApplication();
  }
  rmSync(recordsFolder, { recursive: true, force: true });
  mkdirSync(recordsFolder, { recursive: true });
  const folder = 'test/compatibility';
  const code = await runParts([
    {
      title: 'existing applications',
      run: () =>
        runVitest(families.length === 0 ? [folder] : families.map((family) => `${folder}/${family}`), {
          report: 'vitest-compatibility',
          env: { ...process.env, TSGI_COMPATIBILITY: 'whole', TSGI_COMPATIBILITY_RECORDS: recordsFolder },
        }),
    },
  ]);
  if (families.length === 0) {
    writeFileSync(inRepository('docs/compatibility.md'), await compatibilityPage());
  }
  return code;
});
