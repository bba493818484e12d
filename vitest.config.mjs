import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (/** @type {string} */ path) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // A test that writes `tsgi`, as an application does, gets what is in src/, and each module once.
    alias: [
      { find: /^tsgi$/, replacement: source('index.ts') },
      { find: /^tsgi\/(middleware|testing)$/, replacement: source('$1/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
