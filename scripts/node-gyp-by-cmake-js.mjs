#!/usr/bin/env node
/**
 * Stands in for node-gyp when prebuildify asks for `rebuild`: compiles by cmake-js and leaves build/Release/tsgi.node. The
 * add-on is Node-API alone, so that the Node version and headers which prebuildify names do not matter.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UserMistake, runMain } from './lib/failure.mjs';
import { buildAddon } from './lib/addon-build.mjs';
import { build, nativePaths } from './lib/paths.mjs';

await runMain(async () => {
  const { values, positionals } = parseArgs({ strict: false, allowPositionals: true });
  if (positionals[0] !== 'rebuild') {
    throw new UserMistake('This stands in for node-gyp and knows `rebuild` alone.');
  }
  if (values['arch'] !== undefined && values['arch'] !== process.arch) {
    throw new UserMistake(`This compiles for ${process.arch} alone, and ${values['arch']} was asked for.`);
  }
  await buildAddon('');
  const output = join(build, 'Release');
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  copyFileSync(nativePaths('').addonFile, join(output, 'tsgi.node'));
});
