#!/usr/bin/env node
/** `npm run format [-- PATH...]`: prettier and clang-format, in place. */
import { extname, join, relative, resolve } from 'node:path';
import { statSync } from 'node:fs';
import { formattedNativeFiles } from './lib/checks.mjs';
import { run } from './lib/command.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { UserMistake, runMain } from './lib/failure.mjs';
import { nodeModules, repository } from './lib/paths.mjs';
import { step } from './lib/progress.mjs';

const usage = `usage: npm run format [-- PATH...]

Formats the files at and below the paths, everything when none is given: TypeScript and JavaScript by prettier, C and C++
of native/ and test/native/ by clang-format.
`;

await runMain(async () => {
  const { positionals } = readCommandLine(usage, {}, { positionals: true });
  const paths = positionals.map((path) => relative(repository, resolve(process.env['INIT_CWD'] ?? '.', path)) || '.');
  for (const path of paths) {
    if (statSync(join(repository, path), { throwIfNoEntry: false }) === undefined) {
      throw new UserMistake(`There is no file or folder ${path}.`);
    }
  }
  const chosen = paths.length > 0 ? paths : ['.'];
  const native = formattedNativeFiles().filter((file) =>
    chosen.some((path) => path === '.' || file === path || file.startsWith(`${path}/`)),
  );
  if (native.length > 0) {
    await step('clang-format', () => run('clang-format', ['-i', ...native], { log: 'format-c', what: 'clang-format' }));
  }
  const others = chosen.filter((path) => !['.c', '.cc', '.h'].includes(extname(path)));
  if (others.length > 0) {
    const program = join(nodeModules, 'prettier/bin/prettier.cjs');
    const args = [program, '--write', '--log-level=warn', '--no-error-on-unmatched-pattern', ...others];
    await step('prettier', () => run(process.execPath, args, { log: 'format-ts', what: 'prettier' }));
  }
});
