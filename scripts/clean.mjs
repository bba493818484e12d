#!/usr/bin/env node
/** `npm run clean`: removes what is made here. What was installed, node_modules included, stays. */
import { rmSync } from 'node:fs';
import { readCommandLine } from './lib/command-line.mjs';
import { runMain } from './lib/failure.mjs';
import { build, dist, inRepository } from './lib/paths.mjs';

const usage = `usage: npm run clean

Removes build/, dist/ and prebuilds/.
`;

await runMain(async () => {
  readCommandLine(usage, {});
  for (const folder of [build, dist, inRepository('prebuilds')]) {
    rmSync(folder, { recursive: true, force: true });
  }
});
