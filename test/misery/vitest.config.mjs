import { mergeConfig } from 'vitest/config';
import shared from '../../vitest.config.mjs';

// Not this process but those that run the tests: the library does not hand itself on.
const library = process.env['TSGI_MISERY_PRELOAD'];
if (library !== undefined) {
  process.env['LD_PRELOAD'] = library;
}

/** One file after the other: they share the file by which the library is steered. */
export default mergeConfig(
  { ...shared, test: { ...shared.test, projects: undefined } },
  { test: { include: ['test/misery/*.misery.ts'], maxWorkers: 1 } },
);
