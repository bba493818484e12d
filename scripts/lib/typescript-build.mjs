/** src/ to dist/, with source maps and declarations. */
import { existsSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './command.mjs';
import { fingerprint, isFresh, listFiles, recordFresh } from './freshness.mjs';
import { dist, inRepository, nodeModules, stamps } from './paths.mjs';
import { step } from './progress.mjs';

const sources = inRepository('src');

export async function buildTypeScript() {
  const print = fingerprint([
    sources,
    inRepository('tsconfig.json'),
    inRepository('tsconfig.build.json'),
    join(nodeModules, 'typescript', 'package.json'),
  ]);
  if (isFresh('typescript', print, [dist])) {
    return;
  }
  await step('TypeScript', async () => {
    removeOrphans();
    const memory = join(stamps, 'typescript.tsbuildinfo');
    if (!existsSync(dist)) {
      rmSync(memory, { force: true }); // else tsc believes that its output is still there
    }
    await run(
      process.execPath,
      [
        join(nodeModules, 'typescript/bin/tsc'),
        '-p',
        'tsconfig.build.json',
        '--incremental',
        '--tsBuildInfoFile',
        memory,
      ],
      { log: 'typescript', what: 'compiling src/' },
    );
    recordFresh('typescript', print);
  });
}

/** What was compiled from a file that has since gone away. */
function removeOrphans() {
  for (const file of listFiles([dist])) {
    const source = join(sources, relative(dist, file)).replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    if (!existsSync(source)) {
      rmSync(file);
    }
  }
}
