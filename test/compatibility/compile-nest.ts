/**
 * `nest build`: decorators are not in the types that can be stripped, so that an application of NestJS is deployed as what
 * the compiler has made of it.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { fileOf } from './application';

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

export async function compileNest(): Promise<void> {
  const project = dirname(fileOf('nest/tsconfig.json'));
  await promisify(execFile)(process.execPath, [compiler, '--project', project]);
}
