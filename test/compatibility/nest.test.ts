import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { fileOf } from './application';
import { compileNest } from './compile-nest';
import { compatible } from './family';
import { nestExpressShapes, nestShapes } from './shapes/nest';

/** Where the applications write when they end, as whichever user the servers give them. */
const folder = mkdtempSync(join(tmpdir(), 'tsgi-nest-'));
const journal = join(folder, 'journal');

const nest = {
  package: '@nestjs/core',
  streamed: true,
  env: { HELLO: fileOf('public/hello.txt'), JOURNAL: journal },
} as const;

beforeAll(async () => {
  writeFileSync(journal, '');
  chmodSync(folder, 0o755);
  chmodSync(journal, 0o666);
  await compileNest();
});

afterAll(() => {
  const ending = readFileSync(journal, 'utf8').trim().split('\n');
  rmSync(folder, { recursive: true });
  expect(new Set(ending), 'the hooks of the end, in both servers').toEqual(
    new Set(['onModuleDestroy', 'beforeApplicationShutdown SIGTERM', 'onApplicationShutdown SIGTERM']),
  );
  expect(ending.length).toBeGreaterThanOrEqual(2 * 2 * 3);
});

compatible('nest', [
  {
    application: { ...nest, name: 'NestJS on Express', file: '../../../build/compatibility/nest/main-express.js' },
    shapes: nestExpressShapes,
  },
  {
    application: { ...nest, name: 'NestJS on Fastify', file: '../../../build/compatibility/nest/main-fastify.js' },
    shapes: nestShapes,
  },
]);
