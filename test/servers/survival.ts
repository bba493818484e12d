/** What an application may do that no server should die of. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { AnySite } from '../support/site';
import { until } from '../support/until';
import { app } from './app';

/** The application of a mount; that of `/compiled` is written to the folder of the site. */
export function scriptOf(mount: string, folder: string): string {
  if (mount !== '/compiled') {
    return app('lethal.mjs');
  }
  const script = join(folder, 'compiled.mjs');
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, inlineSourceMap: true };
  writeFileSync(script, ts.transpileModule(compiled, { fileName: 'compiled.ts', compilerOptions }).outputText);
  return script;
}

const compiled = `interface Gone {
  lines: number;
}

function spin(gone: Gone): never {
  for (;;) gone.lines++;
}

export const application = (environ: Record<string, string>, startResponse: (...head: unknown[]) => void) => {
  if (environ['PATH_INFO'] === '/loop') spin({ lines: 0 });
  startResponse('200 OK', []);
  return ['compiled'];
};
`;

/** What the configuration says of each mount; an isolate that has died is replaced after a pause, so each death has its own. */
export interface Limits {
  /** Milliseconds; 0: none. */
  stall?: number;
  /** Megabytes; 0: none. */
  memory?: number;
}

/** Who holds up the turn in which the request was begun. */
const blocking = new Set(['loop', 'expression']);
/** Where JavaScript was. Between two promises that is in Node itself, now and then. */
const IN_SCRIPT = / at (spin|\/expression) \(file:.*lethal\.mjs:\d+:\d+\)/;
const IN_PROMISES = / at (spinInPromises \(file:.*lethal\.mjs:\d+:\d+\)|.*\(node:internal\/)/;
const stuck = ['loop', 'promises', 'timer', 'expression'];
const hoards = ['objects', 'objects-at-once', 'buffers'];

export const mounts: Record<string, Limits> = {
  ...Object.fromEntries(stuck.map((deed) => [`/${deed}`, { stall: 1500 }])),
  ...Object.fromEntries(hoards.map((deed) => [`/${deed}`, { memory: 96 }])),
  '/compiled': { stall: 1500 },
  '/other': {},
  '/patient': { stall: 0 },
  '/busy': { stall: 1500 },
  '/garbage': { memory: 96 },
};

/** Where an application may write, whoever its server's user is. */
function openFolder(site: AnySite): string {
  const folder = join(site.folder, 'open');
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
  return folder;
}

export function survivalCases(site: AnySite): void {
  stuckCases(site);
  memoryCases(site);
}

function stuckCases(site: AnySite): void {
  describe('a thread that does not come back to its loop', () => {
    it.each(stuck)('is stopped where it is: %s', async (deed) => {
      const mount = `/${deed}`;
      const before = await site.text(mount);
      site.expectLog(/TSGI3104 .* has not come back to its event loop for \d+ ms and is stopped where it is/);
      site.allowLog(/TSGI3104 /, /TSGI2024 /);
      const sign = join(openFolder(site), deed);
      const begun = site.request(`${mount}/${deed}?${sign}`);
      await until('the request is begun', () => existsSync(sign));
      const queued = blocking.has(deed) ? site.text(mount) : begun.then(() => site.text(mount));

      expect(await site.text('/other')).toMatch(/^0\./); // meanwhile
      expect((await begun).status).toBe(500);
      expect(await queued).not.toBe(before);

      const log = site.logLines().join('\n');
      expect(log).toMatch(/\(up \d+\.\d{3} s, \d+ requests, \d+ MB in use\)/);
      expect(log).toContain(`in flight: GET ${mount}/${deed}?${sign}`);
      expect(log).toMatch(deed === 'promises' ? IN_PROMISES : IN_SCRIPT);
    });

    it('is told of in its sources, when those are not what runs', async () => {
      site.expectLog(/TSGI3104 .* is stopped where it is/, /TSGI1033 in its sources the stuck thread was/);
      site.allowLog(/TSGI3104 /, /TSGI1033 /);
      await site.text('/compiled');
      expect((await site.request('/compiled/loop')).status).toBe(500);
      await site.text('/compiled');
      const log = site.logLines().join('\n');
      expect(log).toMatch(/TSGI3104     at spin \(file:.*compiled\.mjs:2:\d+\)/);
      expect(log).toMatch(/TSGI1033     at spin \(.*\/compiled\.ts:6:\d+\)/);
    });

    it('is left alone when it has come back in between, for however long it works', async () => {
      const before = await site.text('/busy');
      expect(await site.text('/busy/work')).toBe(before);
    });

    it('is left alone where nobody wants it stopped', async () => {
      const before = await site.text('/patient');
      expect(await site.text('/patient/once')).toBe(before);
    });
  });
}

function memoryCases(site: AnySite): void {
  describe('an isolate that takes too much memory', () => {
    it.each(hoards)('is stopped alone: %s', async (deed) => {
      const mount = `/${deed}`;
      const before = await site.text(mount);
      site.expectLog(/TSGI3105 .* has reached its limit of memory, 96 MB/);
      site.allowLog(/TSGI3105 /, /TSGI2024 /);
      expect((await site.request(`${mount}/${deed}`)).status).toBe(500);
      expect(await site.text(mount)).not.toBe(before);
      expect(site.logLines().join('\n')).toContain(`in flight: GET ${mount}/${deed}`);
    });

    it('is collected first', async () => {
      const before = await site.text('/garbage');
      expect(await site.text('/garbage/garbage')).toBe(before);
    });
  });
}
