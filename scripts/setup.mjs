#!/usr/bin/env node
/** `npm run setup`: installs what is missing and nothing else. */
import { runMain } from './lib/failure.mjs';
import { setUp } from './lib/setup.mjs';

await runMain(setUp);
