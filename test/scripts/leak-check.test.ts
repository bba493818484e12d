/** Whether a process that ends is looked through for leaks, whatever thread-local memory its libraries have. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { collectReports, findFaults } from '../../scripts/lib/sanitizer-reports.mjs';

const source = (name: string) => fileURLToPath(new URL(`leak-check/${name}`, import.meta.url));
const compile = (...args: string[]) => execFileSync('gcc', ['-g', ...args], { stdio: 'pipe' });

let scratch = '';
let program = '';
let library = '';
let reports: ReturnType<typeof collectReports>;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
  [program, library] = [join(scratch, 'program'), join(scratch, 'library.so')];
  compile('-shared', '-fPIC', '-o', library, source('library.c'));
  compile('-fsanitize=address', '-pthread', '-o', program, source('program.c'), '-ldl');
});

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

beforeEach(() => {
  reports = collectReports('leak-check');
});

afterEach(() => {
  rmSync(reports.folder, { recursive: true });
});

it('what leaks is reported, and not what a thread still has', () => {
  execFileSync(program, [library], { env: { ...process.env, ...reports.env }, stdio: 'pipe' });
  const faults = findFaults(reports.folder).join('\n\n');
  expect(faults).toMatch(/Direct leak of 100 byte.* in leak /s);
  expect(faults).not.toMatch(/ in keep |fatal error/);
});

it('a check that could not be made is a fault', () => {
  const report = '==7==LeakSanitizer has encountered a fatal error.';
  writeFileSync(join(reports.folder, 'report.7'), `Tracer caught signal 11: addr=0x0 pc=0x0 sp=0x0\n${report}\n`);
  expect(findFaults(reports.folder).join()).toContain(report);
});
