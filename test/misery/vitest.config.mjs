import { mergeConfig } from 'vitest/config';
import shared from '../../vitest.config.mjs';

/** One file after the other: they share the file by which nginx is steered. */
export default mergeConfig(
  { ...shared, test: { ...shared.test, projects: undefined } },
  { test: { include: ['test/misery/*.misery.ts'], maxWorkers: 1 } },
);
