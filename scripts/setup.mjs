#!/usr/bin/env node
/** `npm run setup`: installs what is missing and nothing else. */
import { readCommandLine } from './lib/command-line.mjs';
import { runMain } from './lib/failure.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run setup

Installs what is missing to build, serve and test: Debian packages (as root or by sudo), libnode, npm packages. No service
is started, stopped or restarted, and nothing that is installed is upgraded.
`;

await runMain(async () => {
  readCommandLine(usage, {});
  await setUp();
});
