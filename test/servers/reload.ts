/** Files of applications change while their server runs. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnySite } from '../support/site';
import { until } from '../support/until';

/** What the configuration says of a mount. */
export interface Reloaded {
  /** Below the folder `reloaded` of the site. */
  script: string;
  threads?: number;
  off?: boolean;
}

export const reloaded: Record<string, Reloaded> = {
  '/script': { script: 'script/app.mjs' },
  '/module': { script: 'module/app.mjs' },
  '/required': { script: 'required/app.cjs' },
  '/typed': { script: 'typed/app.ts' },
  '/touched': { script: 'touched/app.mjs' },
  '/load': { script: 'load/app.mjs', threads: 2 },
  '/stream': { script: 'stream/app.mjs' },
  '/broken': { script: 'broken/app.mjs', threads: 2 },
  '/mended': { script: 'mended/app.mjs' },
  '/other': { script: 'other/app.mjs' },
  '/off': { script: 'off/app.mjs', off: true },
};

/** An application that answers with an expression. */
const answering = (expression: string) =>
  `export const application = (environ, startResponse) => { startResponse('200 OK', []); return [${expression}]; };\n`;

const importing = `import { text } from './part.mjs';\n${answering('text')}`;
const requiring = `const { text } = require('./part.cjs');\n${answering('text').replace('export const', 'exports.')}`;
const typed = `import { text } from './part.ts';
import type { Application } from 'tsgi';
${answering('text').replace('application', 'application: Application')}`;
const counting = `const id = Math.random();\nlet count = 0;\n${answering('`${id} ${++count}`')}`;

/** Two chunks, the second when the file is there. */
const streaming = (version: string, open: string) => `
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
export async function* application(environ, startResponse) {
  startResponse('200 OK', []);
  yield '${version} ';
  while (environ.QUERY_STRING !== '' && !existsSync('${open}/' + environ.QUERY_STRING)) await delay(10);
  yield '${version}';
}
`;

const files: Record<string, string> = {
  'script/app.mjs': answering("'old'"),
  'module/app.mjs': importing,
  'module/part.mjs': "export const text = 'old';\n",
  'required/app.cjs': requiring,
  'required/part.cjs': "exports.text = 'old';\n",
  'typed/app.ts': typed,
  'typed/part.ts': "export const text: string = 'old';\n",
  'touched/app.mjs': counting,
  'load/app.mjs': answering("'0'"),
  'broken/app.mjs': answering("'old'"),
  'mended/app.mjs': 'export const application = ;\n',
  'other/app.mjs': counting,
  'off/app.mjs': counting,
};

const folderOf = (folder: string) => join(folder, 'reloaded');

/** Writes the applications; answers the path of a script. */
export function writeApplications(folder: string): (script: string) => string {
  for (const [name, text] of Object.entries({ ...files, 'stream/app.mjs': streaming('old', folderOf(folder)) })) {
    const file = join(folderOf(folder), name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return (script) => join(folderOf(folder), script);
}

const write = (site: AnySite, name: string, text: string) => writeFileSync(join(folderOf(site.folder), name), text);

async function untilText(site: AnySite, mount: string, expected: string): Promise<void> {
  let text = '';
  await until(
    () => `${expected} at ${mount}, which says ${text}`,
    async () => (text = await site.text(mount)) === expected,
    { within: 20_000 },
  );
}

/** Of both isolates, as a rule. */
function untilAlways(site: AnySite, mount: string, expected: string): Promise<unknown> {
  const texts = () => Promise.all(Array.from({ length: 20 }, () => site.text(mount)));
  return until(
    () => `nothing but ${expected} at ${mount}`,
    async () => (await texts()).every((text) => text === expected),
    { within: 20_000 },
  );
}

const countOf = (site: AnySite, pattern: RegExp) => site.logLines().filter((line) => pattern.test(line)).length;

export function reloadCases(site: AnySite): void {
  changeCases(site);
  trafficCases(site);
  brokenCases(site);
}

function changeCases(site: AnySite): void {
  describe('a change', () => {
    it.each([
      ['of the script', '/script', 'script/app.mjs', answering("'new'")],
      ['of a module that it imports', '/module', 'module/part.mjs', "export const text = 'new';\n"],
      ['of a module that it requires', '/required', 'required/part.cjs', "exports.text = 'new';\n"],
      ['of a module in TypeScript', '/typed', 'typed/part.ts', "export const text: string = 'new';\n"],
    ])('%s is served soon', { timeout: 30_000 }, async (_what, mount, file, text) => {
      expect(await site.text(mount)).toBe('old');
      write(site, file, text);
      await untilText(site, mount, 'new');
      await site.whenLogged(/TSGI3140 .* taken the place of another one, as its files have changed/);
      await site.whenLogged(/TSGI3144 .* are at version [0-9a-f]{8} \(\d files?, the newest of \d{4}-/);
    });

    it('of its times alone is one, and all begins anew', { timeout: 30_000 }, async () => {
      const [id] = (await site.text('/touched')).split(' ');
      expect(await site.text('/touched')).toBe(`${id} 2`);
      const now = new Date();
      utimesSync(join(folderOf(site.folder), 'touched/app.mjs'), now, now);
      const text = await until('another isolate', async () => {
        const answer = await site.text('/touched');
        return !answer.startsWith(`${id} `) && answer;
      });
      expect(text).toMatch(/ 1$/);
    });

    it('does not concern who has not read the file, or does not want to know', { timeout: 30_000 }, async () => {
      const [other] = (await site.text('/other')).split(' ');
      const [off] = (await site.text('/off')).split(' ');
      write(site, 'off/app.mjs', answering("'new'"));
      write(site, 'script/app.mjs', answering("'another'"));
      await untilText(site, '/script', 'another');
      write(site, 'script/app.mjs', answering("'last'"));
      await untilText(site, '/script', 'last');
      expect(await site.text('/other')).toBe(`${other} 2`);
      expect(await site.text('/off')).toBe(`${off} 2`);
    });
  });
}

function trafficCases(site: AnySite): void {
  describe('while requests come', () => {
    it('20 changes lose none', { timeout: 120_000 }, async () => {
      let going = true;
      let count = 0;
      const clients = [1, 2, 3, 4].map(async () => {
        while (going) {
          const connection = await site.connect();
          for (let n = 0; n < 20 && going; n++, count++) {
            expect(await connection.request({ target: '/load' }).whenDone()).toMatchObject({
              status: 200,
              complete: true,
            });
          }
          connection.close();
        }
      });
      for (let version = 1; version <= 20; version++) {
        write(site, 'load/app.mjs', answering(`'${version}'`));
        await untilText(site, '/load', `${version}`);
      }
      going = false;
      await Promise.all(clients);
      expect(count).toBeGreaterThan(100);
    });

    it('what is under way ends in the version in which it began', { timeout: 30_000 }, async () => {
      const connection = await site.connect();
      const held = connection.request({ target: '/stream?release' });
      await held.whenBytes(1);
      write(site, 'stream/app.mjs', streaming('new', folderOf(site.folder)));
      await untilText(site, '/stream', 'new new');
      write(site, 'release', '');
      expect((await held.whenDone()).body.toString()).toBe('old old');
      connection.close();
    });
  });
}

function brokenCases(site: AnySite): void {
  describe('a version that does not start', () => {
    it.each([
      ['cannot be parsed', 'export const application = ;\n', /SyntaxError/],
      ['throws', "throw new Error('thrown');\n", /Error: thrown/],
      ['rejects in init()', `export const init = () => Promise.reject(new Error('no'));\n${answering("'bad'")}`, /no/],
    ])('as it %s is told of once, and the one before serves', { timeout: 60_000 }, async (_how, text, cause) => {
      site.expectLog(new RegExp(`TSGI3141 .*, as its files have changed, and could not: .*${cause.source}`));
      site.allowLog(/TSGI3141 /, /TSGI1020 /, /TSGI1022 /);
      write(site, 'broken/app.mjs', answering("'good'"));
      await untilAlways(site, '/broken', 'good');
      write(site, 'broken/app.mjs', text);
      await site.whenLogged(/TSGI3141 /);
      expect(await site.text('/broken')).toBe('good');
      write(site, 'broken/app.mjs', answering("'better'"));
      await untilText(site, '/broken', 'better');
      expect(countOf(site, /TSGI3141 /)).toBe(1);
    });

    it('is mended by the next, also when there was none before', { timeout: 30_000 }, async () => {
      site.allowLog(/TSGI1020 /, /TSGI1024 /);
      expect((await site.request('/mended')).status).toBe(503);
      write(site, 'mended/app.mjs', answering("'mended'"));
      await until('it serves', async () => (await site.request('/mended')).body.toString() === 'mended');
    });
  });
}
