/** What is checked without running anything. Each check is a step of its own. */
import { extname, join, relative } from 'node:path';
import { findViolations } from '../check-layers.mjs';
import { run } from './command.mjs';
import { StepFailure } from './failure.mjs';
import { listFiles } from './freshness.mjs';
import { inRepository, nodeModules, repository } from './paths.mjs';

const nativeFolders = ['native', 'apache-module', 'test/native', 'test/model', 'test/fuzz', 'test/misery'];

/** C and C++ that clang-format keeps: the nginx module follows the style of its server, by hand. */
export function formattedNativeFiles() {
  const files = listFiles(nativeFolders.map((folder) => inRepository(folder)));
  return files.filter((file) => ['.c', '.cc', '.h'].includes(extname(file))).map((file) => relative(repository, file));
}

/** @type {Array<{ title: string, check: () => Promise<unknown> | void }>} */
export const checks = [
  { title: 'layers', check: checkLayers },
  { title: 'sizes', check: checkSizes },
  {
    title: 'lint',
    check: () => runTool('eslint', ['eslint/bin/eslint.js', '--max-warnings=0', '.'], 'eslint'),
  },
  {
    title: 'types',
    check: () => runTool('types', ['typescript/bin/tsc', '-p', 'tsconfig.json'], 'tsc --noEmit'),
  },
  {
    title: 'types of the tests',
    check: () => runTool('types-of-tests', ['typescript/bin/tsc', '-p', 'test/tsconfig.json'], 'tsc --noEmit'),
  },
  {
    title: 'format of TypeScript and JavaScript',
    check: () =>
      runTool('prettier', ['prettier/bin/prettier.cjs', '--check', '.'], 'prettier', '`npm run format` repairs it'),
  },
  {
    title: 'format of C and C++',
    check: () =>
      run('clang-format', ['--dry-run', '-Werror', ...formattedNativeFiles()], {
        log: 'clang-format',
        what: 'clang-format',
        cure: '`npm run format` repairs it',
      }),
  },
];

function checkLayers() {
  const violations = findViolations();
  if (violations.length > 0) {
    throw new StepFailure('a layer uses what it may not', {
      output: violations.join('\n'),
      cure: 'the tables at the top of scripts/check-layers.mjs say what each folder may use',
    });
  }
}

async function checkSizes() {
  // Not before it runs: it parses by the compiler's package, which set-up may only just have installed.
  const { findViolations: findSizes } = await import('../check-sizes.mjs');
  const violations = findSizes();
  if (violations.length > 0) {
    throw new StepFailure('a file or a function is too long, or excused without need', {
      output: violations.join('\n'),
      cure: 'split it by what it is about; where it is better whole, scripts/check-sizes.mjs has the list of reasons',
    });
  }
}

/**
 * @param {string} log
 * @param {readonly [string, ...string[]]} command below node_modules
 * @param {string} what
 * @param {string} [cure]
 */
function runTool(log, [script, ...args], what, cure) {
  return run(process.execPath, [join(nodeModules, script), ...args], { log, what, ...(cure && { cure }) });
}
