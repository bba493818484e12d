import { join } from 'node:path';
import { transpileModule, ModuleKind as TypeScriptModule, ScriptTarget } from 'typescript';
import { describe, expect, it } from 'vitest';
import { folderOf, runIsolate, type Task } from './support/isolate';

const CJS = `(environ, start) => { start('200 OK', []); return ['common']; }`;
const ESM = `(environ, start) => { start('200 OK', []); return [typeof import.meta.url === 'string' ? 'module' : '']; }`;
const TYPED = `(environ: { PATH_INFO: string }, start: Function): string[] => { start('200 OK', []); return ['typed' as string]; }`;

/** The answer of a script, and its records. */
async function load(
  files: Record<string, string>,
  script: string,
  more: Partial<Task> & { callable?: string; interface?: string } = {},
): Promise<{ status: number; text: string; log: string }> {
  const { callable, interface: kind, ...task } = more;
  const app = {
    script: join(folderOf(files), script),
    ...(callable === undefined ? {} : { callable }),
    ...(kind === undefined ? {} : { interface: kind }),
  };
  const { responses, records, faults, output } = await runIsolate({ apps: [app], ...task });
  expect(faults).toEqual([]);
  expect(output).toBe('');
  const [first] = responses;
  return { status: first?.status ?? 0, text: first?.text ?? '', log: records.map(({ text }) => text).join('\n') };
}

const OK = (text: string): object => ({ status: 200, text, log: '' });

describe('kinds of modules', () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['.cjs', { 'app.cjs': `exports.application = ${CJS}` }, 'app.cjs', 'common'],
    ['.mjs', { 'app.mjs': `export const application = ${ESM}` }, 'app.mjs', 'module'],
    [
      '.mjs with top-level await',
      {
        'app.mjs': `const text = await Promise.resolve('awaited');\nexport const application = (e, s) => { s('200 OK', []); return [text]; }`,
      },
      'app.mjs',
      'awaited',
    ],
    [
      '.js of a package of modules',
      { 'package.json': '{"type":"module"}', 'sub/app.js': `export const application = ${ESM}` },
      'sub/app.js',
      'module',
    ],
    [
      '.js of a CommonJS package',
      { 'package.json': '{"type":"commonjs"}', 'app.js': `exports.application = ${CJS}` },
      'app.js',
      'common',
    ],
    ['.js that is CommonJS by its syntax', { 'app.js': `exports.application = ${CJS}` }, 'app.js', 'common'],
    ['.js that is a module by its syntax', { 'app.js': `export const application = ${ESM}` }, 'app.js', 'module'],
    [
      '.js that is a module by its await',
      { 'app.js': `const { pid } = await import('node:process');\nglobalThis.got = pid;\nexport default ${ESM}` },
      'app.js',
      'module',
    ],
    [
      '.js imported by a module, and a module by its own syntax',
      { 'app.mjs': `export { application } from './inner.js'`, 'inner.js': `export const application = ${ESM}` },
      'app.mjs',
      'module',
    ],
    ['.mts', { 'app.mts': `export const application = ${TYPED}` }, 'app.mts', 'typed'],
    ['.cts', { 'app.cts': `exports.application = ${TYPED}` }, 'app.cts', 'typed'],
    [
      '.ts of a package of modules',
      { 'package.json': '{"type":"module"}', 'app.ts': `export const application = ${TYPED}` },
      'app.ts',
      'typed',
    ],
    ['.ts that is a module by its syntax', { 'app.ts': `export const application = ${TYPED}` }, 'app.ts', 'typed'],
    ['.ts that is CommonJS', { 'app.ts': `module.exports = ${TYPED}` }, 'app.ts', 'typed'],
    [
      '.mts that imports .ts and .cts',
      {
        'app.mts': `import { one } from './one.ts';\nimport two from './two.cts';\nexport default (e: unknown, s: Function) => { s('200 OK', []); return [one, two as string]; }`,
        'one.ts': `export const one: string = '1';`,
        'two.cts': `const two: string = '2';\nmodule.exports = two;`,
      },
      'app.mts',
      '12',
    ],
    [
      '.cts that requires .cts',
      {
        'app.cts': `const { word } = require('./word.cts');\nmodule.exports = (e: unknown, s: Function) => { s('200 OK', []); return [word]; }`,
        'word.cts': `exports.word = 'required' as string;`,
      },
      'app.cts',
      'required',
    ],
  ])('%s', async (_what, files, script, text) => {
    expect(await load(files, script)).toEqual(OK(text));
  });
});

describe('entry points', () => {
  const answer = (text: string): string => `(e, s) => { s('200 OK', []); return ['${text}']; }`;

  it.each<[string, string, string, string | undefined, string]>([
    [
      'application before default',
      'app.mjs',
      `export default ${answer('no')};\nexport const application = ${answer('yes')}`,
      undefined,
      'yes',
    ],
    ['default', 'app.mjs', `export default ${answer('yes')}`, undefined, 'yes'],
    ['named', 'app.mjs', `export default ${answer('no')};\nexport const mine = ${answer('yes')}`, 'mine', 'yes'],
    [
      'an object with handle(), called as its method',
      'app.mjs',
      `export default { text: 'yes', handle(e, s) { s('200 OK', []); return [this.text]; } }`,
      undefined,
      'yes',
    ],
    [
      'default export that has application',
      'app.mjs',
      `export default { application: ${answer('yes')} }`,
      undefined,
      'yes',
    ],
    ['module.exports', 'app.cjs', `module.exports = ${answer('yes')}`, undefined, 'yes'],
    [
      'named of module.exports',
      'app.cjs',
      `module.exports = ${answer('no')}; module.exports.mine = ${answer('yes')}`,
      'mine',
      'yes',
    ],
    [
      'module.exports that is an object with handle()',
      'app.cjs',
      `module.exports = { handle: ${answer('yes')} }`,
      undefined,
      'yes',
    ],
    [
      'a CommonJS module compiled from export default',
      'app.cjs',
      `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = ${answer('yes')}`,
      undefined,
      'yes',
    ],
  ])('%s', async (_what, script, source, callable, text) => {
    expect(await load({ [script]: source }, script, callable === undefined ? {} : { callable })).toEqual(OK(text));
  });

  it('lists what there is when nothing fits', async () => {
    const source = `export class Thing {}\nexport const port = 80;\nexport default { a: 1, b() {} }`;
    const { status, log } = await load({ 'app.mjs': source }, 'app.mjs');
    expect(status).toBe(503);
    expect(log).toContain('"Thing" (a class), "default" (an object with a, b), "port" (a number)');
    expect(log).toContain('and it does not listen');
    expect(log).toContain('callable=NAME');
    expect(log).toContain('interface=NAME: node for a function of request and response');
  });

  it('does not call init() of an application of a framework, which means something else', async () => {
    const source = `
      const app = (req, res) => res.end('called by node');
      app.handle = app.use = () => undefined;
      app.init = () => { throw new Error('of the framework'); };
      module.exports = app;`;
    expect(await load({ 'app.cjs': source }, 'app.cjs')).toEqual(OK('called by node'));
  });

  it('says so when the name, or the interface, is not there', async () => {
    const files = { 'app.mjs': `export default ${answer('no')}` };
    expect((await load(files, 'app.mjs', { callable: 'nope' })).log).toContain('no export "nope"');
    expect((await load(files, 'app.mjs', { interface: 'carrier-pigeon' })).log).toContain(
      '"carrier-pigeon" is not known',
    );
  });

  it('runs init() and close() of a script once, whatever the number of its applications', async () => {
    const source = `
      let count = 0;
      export async function init() { count++; console.log('init', count); }
      export async function close() { console.log('close', count); }
      export const one = (e, s) => { s('200 OK', []); return ['one']; };
      export const two = (e, s) => { s('200 OK', []); return ['two']; };`;
    const script = join(folderOf({ 'app.mjs': source }), 'app.mjs');
    const { responses, records } = await runIsolate({
      apps: [
        { script, callable: 'one' },
        { script, callable: 'two' },
      ],
      requests: [{}, { appId: 2 }],
      stop: true,
    });
    expect(responses.map(({ text }) => text)).toEqual(['one', 'two']);
    expect(records.map(({ text }) => text)).toEqual(['init 1', 'close 1']);
  });
});

describe('bare specifiers', () => {
  const using = (what: string): string =>
    `${what}\nexport const application = (e, s) => { s('200 OK', []); return [String(word)]; }`;

  it('tsgi is the running package where the application has none', async () => {
    expect(
      await load(
        { 'app.mjs': using(`import { decodePath } from 'tsgi';\nconst word = decodePath({ PATH_INFO: '/x' });`) },
        'app.mjs',
      ),
    ).toEqual(OK('/x'));
    expect(
      await load(
        {
          'app.cjs': `const { urlMap } = require('tsgi/middleware');\nexports.application = (e, s) => { s('200 OK', []); return [typeof urlMap]; }`,
        },
        'app.cjs',
      ),
    ).toEqual(OK('function'));
  });

  it("the application's own package of that name wins", async () => {
    const files = {
      'app.mjs': using(`import word from 'tsgi';`),
      'node_modules/tsgi/package.json': '{"name":"tsgi","main":"own.js"}',
      'node_modules/tsgi/own.js': `module.exports = 'own';`,
    };
    expect(await load(files, 'app.mjs')).toEqual(OK('own'));
  });

  it('are looked for in the module path, after the own node_modules', async () => {
    const shared = folderOf({
      'plain/index.js': `module.exports = 'plain';`,
      'modern/package.json': '{"exports":{".":"./main.js","./sub":"./sub.js"}}',
      'modern/main.js': `module.exports = 'modern';`,
      'modern/sub.js': `module.exports = 'sub';`,
      'own/index.js': `module.exports = 'shared';`,
    });
    const own = { 'node_modules/own/index.js': `module.exports = 'own';` };
    const imports = `import a from 'plain';\nimport b from 'modern';\nimport c from 'modern/sub';\nimport d from 'own';`;
    expect(
      await load({ ...own, 'app.mjs': using(`${imports}\nconst word = [a, b, c, d];`) }, 'app.mjs', {
        modulePath: ['/nowhere', shared],
      }),
    ).toEqual(OK('plain,modern,sub,own'));
    const requires = `const word = ['plain', 'modern', 'modern/sub', 'own'].map((name) => require(name));`;
    expect(
      await load(
        { ...own, 'app.cjs': `${requires}\nmodule.exports = (e, s) => { s('200 OK', []); return [String(word)]; }` },
        'app.cjs',
        { modulePath: ['/nowhere', shared] },
      ),
    ).toEqual(OK('plain,modern,sub,own'));
  });
});

describe('what goes wrong', () => {
  it.each<[string, Record<string, string>, string, RegExp]>([
    ['a missing script', {}, 'app.mjs', /Cannot find module .*app\.mjs/],
    ['a missing package', { 'app.mjs': `import 'no-such-package';` }, 'app.mjs', /no-such-package.*app\.mjs/],
    [
      'a throw while it is evaluated',
      { 'app.mjs': `\n\nthrow new Error('while loading');` },
      'app.mjs',
      /while loading\n +at .*app\.mjs:3:7/,
    ],
    ['a rejected await', { 'app.mjs': `await Promise.reject(new Error('awaited'));` }, 'app.mjs', /awaited/],
    ['CommonJS that cannot be parsed', { 'app.cjs': `\nconst = 1;` }, 'app.cjs', /app\.cjs:2\n/],
    ['a module that cannot be parsed', { 'app.mjs': `\nconst = 1;\nexport {};` }, 'app.mjs', /app\.mjs:2:7/],
    [
      'an imported module that cannot be parsed',
      { 'app.mjs': `import './inner.mjs';`, 'inner.mjs': `export {};\n\nconst = 1;` },
      'app.mjs',
      /inner\.mjs:3:7/,
    ],
    [
      'TypeScript that is more than types',
      { 'app.mts': `\nenum Color { Red }\nexport {};` },
      'app.mts',
      /enum is not supported[^]*app\.mts/,
    ],
    ['TypeScript that cannot be parsed', { 'app.ts': `\nconst x: = 1;` }, 'app.ts', /app\.ts:2/],
  ])('%s is logged with its place', async (_what, files, script, pattern) => {
    const { status, log } = await load(files, script);
    expect(status).toBe(503);
    expect(log).toMatch(pattern);
  });

  it('a stack of TypeScript that was compiled before tells the source', async () => {
    const source = `interface Unused {\n  a: string;\n}\n\nexport const application = (): never => {\n  throw new Error('compiled');\n};\n`;
    const { outputText, sourceMapText } = transpileModule(source, {
      fileName: 'app.ts',
      compilerOptions: { module: TypeScriptModule.CommonJS, target: ScriptTarget.ES2022, sourceMap: true },
    });
    const { log } = await load({ 'app.js': outputText, 'app.js.map': sourceMapText ?? '', 'app.ts': source }, 'app.js');
    expect(log).toMatch(/app\.ts:6:9/);
  });

  it('a stack of TypeScript that was stripped tells the line and column', async () => {
    const source = `interface Unused {\n  a: string;\n}\n\nexport const application = (): never => {\n  throw new Error('stripped');\n};\n`;
    expect((await load({ 'app.ts': source }, 'app.ts')).log).toMatch(/app\.ts:6:9/);
  });
});
