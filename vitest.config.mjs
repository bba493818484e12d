import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (/** @type {string} */ path) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

const loadTests = ['test/**/load-*.test.ts'];

export default defineConfig({
  resolve: {
    // A test that writes `tsgi`, as an application does, gets what is in src/, and each module once.
    alias: [
      { find: /^tsgi$/, replacement: source('index.ts') },
      { find: /^tsgi\/(adapters|hosts|middleware|testing)$/, replacement: source('$1/index.ts') },
    ],
  },
  test: {
    globalSetup: fileURLToPath(new URL('test/support/run-folder.mjs', import.meta.url)),
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: { name: 'tests', include: ['test/**/*.test.ts'], exclude: loadTests, sequence: { groupOrder: 0 } },
      },
      {
        // One after the other, when everything else is done: what they measure must not be the other tests.
        extends: true,
        test: { name: 'load', include: loadTests, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
