import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Case, LogExpectation, Section } from './case';

const NO_LOADER = 'this host is given applications that are loaded already';

/** Applications that do not mind each other share an isolate: starting one for each would take its time. */
const shared = { group: 'loading' };

const answers = (rule: string, file: string, body: string, more: Partial<Case> = {}): Case => ({
  rule,
  app: `loading/${file}`,
  mount: shared,
  request: { path: '/' },
  expect: { status: 200, body },
  ...more,
});

/** A script that cannot serve: 503 for its own requests, the cause in the log, again for each request. */
const fails = (rule: string, app: string, cause: RegExp, more: Partial<Case> = {}): Case => ({
  rule: `${rule}: 503, and the cause is in the log`,
  app: app.startsWith('/') ? app : `loading/broken/${app}`,
  mount: shared,
  run: async (trial) => {
    for (let round = 0; round < 2; round++) {
      const reply = await trial.request({ path: '/' });
      expect(reply.status).toBe(503);
      expect(reply.body.toString()).not.toMatch(/secret|TSGI|\.mjs|Error:/);
    }
  },
  log: [{ tag: NOT_SERVED, text: cause }],
  ...more,
});

const NOT_SERVED = 1024;
/** What the loading itself says, with the stack, once. */
const WHILE_LOADING = [1020, 1021, 1022].map((tag): LogExpectation => ({ tag }));

/** Sources that no tool of this repository could read are written when the tests run. */
const folder = mkdtempSync(join(tmpdir(), 'tsgi-broken-'));
chmodSync(folder, 0o755);

function broken(name: string, source: string): string {
  const path = join(folder, name);
  writeFileSync(path, source);
  return path;
}

export const loading: Section = {
  name: 'entry points',
  app: 'loading/module.mjs',
  not: { mock: NO_LOADER, 'mock+lint': NO_LOADER, node: NO_LOADER },
  ambient: WHILE_LOADING,
  cleanUp: () => rmSync(folder, { recursive: true, force: true }),
  cases: [
    answers('.js is CommonJS where package.json says so', 'common.js', 'commonjs common.js function'),
    answers(
      '.js is an ES module where package.json leaves it open and the source is one',
      'undeclared/detected.js',
      'module detected.js',
    ),
    answers('.cjs may be the application itself', 'function.cjs', 'module.exports'),
    answers(
      '.mjs has top-level await, imports and a default export',
      'module.mjs',
      '{"awaited":"awaited","half":"static import","other":"dynamic import","json":"json","file":"module.mjs","read":true}',
    ),
    answers('.mts is TypeScript', 'typed.mts', 'typed GET'),
    answers('.ts is CommonJS where package.json says so', 'typed.ts', 'typed commonjs'),
    answers(
      '.ts is an ES module with top-level await where its source is one',
      'undeclared/detected.ts',
      'detected as a module',
    ),
    answers(
      'an object with handle() is an application, and the export application comes before default',
      'object.mjs',
      'private',
    ),
    answers('the default export may be an object with handle()', 'default-object.mjs', 'default object'),
    answers('the export application is called unless another is named', 'names.mjs', 'application'),
    answers('the export that is named is called', 'names.mjs', 'admin', { mount: { ...shared, callable: 'admin' } }),
    answers('the default export can be named as well', 'names.mjs', 'default', {
      mount: { ...shared, callable: 'default' },
    }),
    answers('init() is awaited, and called once', 'init.mjs', 'ready 1'),
    {
      rule: 'a stack of TypeScript tells file and line of the source',
      app: 'loading/failing.mts',
      mount: shared,
      request: { path: '/' },
      expect: { status: 500, page: true },
      log: [{ text: /the secret reason[^]*theGuiltyFunction[^]*failing\.mts:6:/ }],
    },
    {
      rule: 'applications are isolated: globals, prototypes and process.env',
      app: 'loading/isolated-one.mjs',
      not: {
        addon: 'the thread of the tests is the one isolate there is',
        'apache-prefork': 'the requests of this case are served by several processes, and compare what is in one',
      },
      run: async (trial) => {
        const nothing = { global: null, prototype: null, env: null };
        const here = async (query: string) =>
          JSON.parse((await trial.request({ path: query })).body.toString()) as unknown;
        const there = async (query: string) =>
          JSON.parse((await trial.other('loading/isolated-two.mjs', { path: query })).body.toString()) as unknown;
        expect(await here('?mark')).toEqual(nothing);
        expect(await there('?mark')).toEqual(nothing);
        expect(await here('')).toEqual({ global: 'one', prototype: 'one', env: 'one' });
        expect(await there('')).toEqual({ global: 'two', prototype: 'two', env: 'two' });
      },
    },
    {
      rule: 'what one application leaves in process.env is not there for another',
      app: 'loading/isolated-two.mjs',
      not: { addon: 'the thread of the tests is the one isolate there is' },
      request: { path: '?look' },
      expect: (reply) => {
        expect(JSON.parse(reply.body.toString())).not.toMatchObject({ env: 'one' });
      },
    },
    fails(
      'an ES module with a syntax error',
      broken('syntax.mjs', 'export const application = () => {\n  return ["unfinished;\n};\n'),
      /syntax\.mjs/,
    ),
    fails(
      'CommonJS with a syntax error',
      broken('syntax.cjs', 'exports.application = () => {\n  return [)];\n};\n'),
      /syntax\.cjs:2/,
    ),
    fails('TypeScript with a syntax error', broken('syntax.mts', 'export const application: = 5;\n'), /syntax\.mts/),
    fails('a script that throws', 'throws.mjs', /the secret reason/),
    fails('a script whose top-level await rejects', 'rejects.mjs', /the secret reason/),
    fails('a script whose init() rejects', 'init.mjs', /the secret reason/),
    fails('a script that imports a file which is not there', 'missing-import.mjs', /is-not-there\.mjs/),
    fails('a script that imports a package which is not there', 'missing-package.mjs', /a-package-that-is-not-there/),
    fails(
      'a script without an application, with a list of what it exports',
      'nothing.mjs',
      /"other" \(an object with but\), "something" \(a number\)/,
    ),
    {
      ...fails('an export that is not there', 'nothing.mjs', /no export "absent"/),
      mount: { ...shared, callable: 'absent' },
    },
    {
      ...fails('an export that is no application', 'nothing.mjs', /no export "something"/),
      mount: { ...shared, callable: 'something' },
    },
    answers('an application beside those that failed is served', 'names.mjs', 'application'),
  ],
};
