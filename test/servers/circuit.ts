/** An application that keeps dying is not waited for. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../support/reply';
import type { AnySite } from '../support/site';
import { until } from '../support/until';

const APPLICATION = `(environ, startResponse) => { startResponse('200 OK', []); return ['alive']; }`;

const dying = (how: string) => `exports.application = ${APPLICATION}; setTimeout(() => ${how}, 20);`;

/** Of two isolates the first to come lives. */
const half = (folder: string) => `
  const { writeFileSync } = require('node:fs');
  exports.application = ${APPLICATION};
  try {
    writeFileSync('${folder}/first', '', { flag: 'wx' });
  } catch {
    setTimeout(() => process.exit(5), 20);
  }`;

/** What the server logs from its start on. */
export const startsWith = [/TSGI103[01] /, /TSGI3103 /, /TSGI3121 /, / +at /];

/** Its script, which is loaded when the server starts: each in a group of two isolates. */
export function scriptOf(name: 'mortal' | 'half', folder: string): string {
  const script = join(folder, `${name}.cjs`);
  const open = join(folder, 'open'); // to whoever the server's user is
  mkdirSync(open, { recursive: true });
  chmodSync(open, 0o777);
  writeFileSync(script, name === 'half' ? half(open) : dying('process.exit(3)'));
  return script;
}

const opened = /TSGI3121 .* has died \d+ times in a row: until it lives for 10 s again requests are refused/g;

/** `site` has `mortal` at /mortal and `half` at /half. */
export function circuitCases(site: AnySite): void {
  const openings = () => site.server.errorLog().match(opened)?.length ?? 0;

  describe('an application that keeps dying', () => {
    it('is not waited for any more', async () => {
      await until('all circuits are open', () => openings() === 3, { within: 30_000 });
      await until(
        'requests are refused',
        async () => {
          const began = performance.now();
          const reply = await site.request('/mortal');
          return valuesOf(reply, 'Retry-After')[0] === '10' && performance.now() - began < 500;
        },
        { within: 30_000 },
      );
    });

    it('leaves requests to the isolate beside it that lives', async () => {
      for (let n = 0; n < 40; n++) {
        expect(await site.text('/half')).toBe('alive');
      }
    });

    it('is told of once', () => {
      expect(openings()).toBe(3);
    });

    it('dies of what its records say', () => {
      expect(site.server.errorLog()).toMatch(
        /TSGI3103 the application's isolate ends: process\.exit\(3\) was called \(up \d+\.\d{3} s, \d+ requests, \d+ MB in use\)/,
      );
    });

    it('is tried at once when it is mended, and told of when it has lived for a while', async () => {
      writeFileSync(join(site.folder, 'mortal.cjs'), `exports.application = ${APPLICATION};`);
      const began = performance.now();
      await until('it answers', async () => (await site.request('/mortal')).status === 200);
      expect(performance.now() - began).toBeLessThan(6000); // most pauses would have been longer
      site.expectLog(/TSGI3122 the application's isolate lives again/);
      await until('it has lived', () => site.server.errorLog().includes('TSGI3122 '), { within: 30_000 });
      expect(await site.text('/mortal')).toBe('alive');
    });
  });
}
