/** Which files an isolate says that its modules come from. */
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it, describe } from 'vitest';
import { stampOf } from '../../src/server/files';
import { folderOf, runIsolate } from './support/isolate';

const ANSWER = `(environ, start) => { start('200 OK', []); return ['ok']; }`;

/** What of a folder is watched a while after its script has been loaded, and asked once. */
async function watchedIn(folder: string, script: string, turns = 100): Promise<string[]> {
  const { watched } = await runIsolate({ apps: [{ script: join(folder, script) }], turns });
  return Object.keys(watched)
    .map((file) => relative(realpathSync(folder), file))
    .filter((file) => !file.startsWith('..'))
    .sort();
}

describe('the files of modules', () => {
  it('are those that require has read, data and packages included', async () => {
    const folder = folderOf({
      'app.cjs': `require('./lib'); require('./data.json'); require('pack'); exports.application = ${ANSWER}`,
      'lib/index.js': 'exports.lib = 1',
      'lib/idle.js': 'never asked for',
      'data.json': '{}',
      'node_modules/pack/package.json': '{"main":"main.js"}',
      'node_modules/pack/main.js': '',
    });
    expect(await watchedIn(folder, 'app.cjs')).toEqual([
      'app.cjs',
      'data.json',
      'lib/index.js',
      'node_modules/pack/main.js',
    ]);
  });

  it('are those that import has read', async () => {
    const folder = folderOf({
      'app.mjs': `import './one.mjs'; import './two.cjs'; await import('./three.mjs'); export const application = ${ANSWER}`,
      'one.mjs': `import './data.json' assert { type: 'json' }; import './typed.mts';`,
      'two.cjs': 'require("./four.cjs")',
      'three.mjs': '',
      'four.cjs': '',
      'data.json': '{}',
      'typed.mts': 'export const typed: number = 1;',
    });
    const files = ['app.mjs', 'data.json', 'four.cjs', 'one.mjs', 'three.mjs', 'two.cjs', 'typed.mts'];
    expect(await watchedIn(folder, 'app.mjs')).toEqual(files);
  });

  it('are those that a program of CommonJS imports, and not what it reads itself', async () => {
    const folder = folderOf({
      'app.cjs': `
        const { readFile } = require('node:fs/promises');
        exports.init = async () => {
          await import('./late.mjs');
          await readFile(new URL('data.txt', 'file://' + __dirname + '/'));
        };
        exports.application = ${ANSWER}`,
      'late.mjs': `import './later.mjs'`,
      'later.mjs': '',
      'data.txt': '',
    });
    expect(await watchedIn(folder, 'app.cjs')).toEqual(['app.cjs', 'late.mjs', 'later.mjs']);
  });

  it('are told when they are loaded late', async () => {
    const folder = folderOf({
      'app.mjs': `
        export const application = (environ, start) => {
          setTimeout(() => import('./late.mjs'), 10);
          start('200 OK', []);
          return [];
        };`,
      'late.mjs': `import './later.cjs'`,
      'later.cjs': '',
    });
    expect(await watchedIn(folder, 'app.mjs', 500)).toEqual(['app.mjs', 'late.mjs', 'later.cjs']);
  });

  it.each([
    ['require', 'app.cjs', `require('./lib.js')`],
    ['import', 'app.mjs', `import './lib.js'`],
  ])('are those that could not be parsed: %s', async (_, script, code) => {
    const folder = folderOf({ [script]: code, 'lib.js': 'not JavaScript' });
    expect(await watchedIn(folder, script)).toEqual([script, 'lib.js'].sort());
  });

  it.each([
    ['require', 'app.cjs', `require('./lib'); exports.application = ${ANSWER}`, ['lib', 'lib.js', 'lib/index.js']],
    ['import', 'app.mjs', `import './lib.mjs'; export const application = ${ANSWER}`, ['lib.mjs']],
    ['require', 'sub/app.cjs', `require('@of/pack')`, ['node_modules/@of/pack', 'sub/node_modules/@of/pack']],
    ['import', 'sub/app.mjs', `import 'pack/part'`, ['node_modules/pack', 'sub/node_modules/pack/package.json']],
  ])('are those that were not found: %s in %s', async (_, script, code, files) => {
    const folder = folderOf({ [script]: code });
    expect(await watchedIn(folder, script)).toEqual(expect.arrayContaining([script, ...files]));
  });

  it('are watched by the name of the script too', async () => {
    const folder = realpathSync(folderOf({ 'one/app.cjs': `exports.application = ${ANSWER}` }));
    symlinkSync('one', join(folder, 'current'));
    expect(await watchedIn(folder, 'current/app.cjs')).toEqual(['current/app.cjs', 'one/app.cjs']);
  });
});

describe('what a file is', () => {
  it('is said when it was read', async () => {
    const folder = realpathSync(
      folderOf({
        'app.mjs': `
          import { writeFileSync } from 'node:fs';
          import './lib.mjs';
          writeFileSync(new URL('lib.mjs', import.meta.url), 'changed');
          export const application = ${ANSWER}`,
        'lib.mjs': 'export const was = 1;',
      }),
    );
    const file = join(folder, 'lib.mjs');
    const before = stampOf(file);
    const { watched } = await runIsolate({ apps: [{ script: join(folder, 'app.mjs') }], turns: 100 });
    expect(watched[file]).toBe(before);
    expect(stampOf(file)).not.toBe(before);
  });

  const program = join(__dirname, '../../build/native/test/runtime_watch');

  it.skipIf(!existsSync(program))('is said in the same words by the native side', () => {
    const folder = folderOf({ file: 'some text' });
    const files = ['.', 'file', 'nothing'].map((name) => join(folder, name));
    writeFileSync(join(folder, 'file'), 'other');
    const said = execFileSync(program, files, { encoding: 'utf8' });
    expect(said.split('\n').slice(0, 3)).toEqual(files.map(stampOf));
  });
});
