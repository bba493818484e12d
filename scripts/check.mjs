#!/usr/bin/env node
/** `npm run check`: layers, sizes, lint, types and format, all of them even when one fails. */
import { readCommandLine } from './lib/command-line.mjs';
import { checks } from './lib/checks.mjs';
import { describeFailure, runMain } from './lib/failure.mjs';
import { step } from './lib/progress.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run check

Checks layers and sizes, and runs eslint, tsc, prettier and clang-format; \`npm run format\` repairs what the last two find.
`;

await runMain(async () => {
  readCommandLine(usage, {});
  await setUp();
  let failed = 0;
  for (const { title, check } of checks) {
    try {
      await step(title, check);
    } catch (error) {
      console.error(describeFailure(error));
      failed++;
    }
  }
  return failed === 0 ? 0 : 1;
});
