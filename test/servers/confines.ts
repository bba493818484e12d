/** Servers whose own limits leave no room for V8: they answer 503 and say why, and nothing dies. */
import { afterAll, describe, expect, it } from 'vitest';
import { NoExec } from '../support/no-exec';
import type { AnySite } from '../support/site';
import { askStatus } from './mounts';

interface Confined {
  /** The server's program runs under this command. */
  under: readonly string[];
  nodeOptions?: string;
  /** What its start says. */
  startsWith: readonly RegExp[];
}

interface Own {
  /** The tag of the record that the runtime did not start. */
  tag: string;
  /**
   * One that has `lethal.mjs` at /small with 64 MB, and at /large with 1 GB, and the file /file. What starts at once is
   * /small.
   */
  site(confined: Confined): AnySite;
}

const MEGABYTE = 1 << 20;
const limitedTo = (megabytes: number) => ['prlimit', `--as=${megabytes * MEGABYTE}`];
const page = async (site: AnySite) => (await site.request('/small')).body.toString();

/** Sanitizers want an address space without limit, and make memory executable as they like. */
const sanitized = process.env['TSGI_SANITIZE'] !== undefined;

export function confinedCases(own: Own): void {
  describe.skipIf(sanitized)('a server', () => {
    executableCases(own);
    addressCases(own);
  });
}

function executableCases({ site: make, tag }: Own): void {
  const noExec = new NoExec();
  afterAll(() => noExec.remove());

  describe.each(['prctl', 'seccomp'] as const)('that may not make memory executable (%s)', (means) => {
    const obstacle = noExec.obstacle(means);
    const unless = obstacle === '' ? '' : ` (not here: ${obstacle})`;

    describe.skipIf(obstacle !== '')(`as it is${unless}`, () => {
      const record = new RegExp(`${tag} .*may not make memory executable .*"MemoryDenyWriteExecute=no".* --jitless`);
      const site = make({ under: noExec.by(means), startsWith: [record] });

      it('says why and what to do, answers 503 and lives on', async () => {
        expect(site.server.errorLog()).toMatch(record);
        expect(await askStatus(site, '/small')).toBe(503);
        expect(await askStatus(site, '/large')).toBe(503);
        expect(await page(site)).not.toMatch(/executable|jitless/);
        expect(await site.text('/file')).toBe('a file');
      });
    });

    describe.skipIf(obstacle !== '')(`with an interpreter alone${unless}`, () => {
      const site = make({
        ...{ under: noExec.by(means), nodeOptions: '--jitless' },
        startsWith: [/disabling flag --expose_wasm/],
      });

      it('runs applications', async () => {
        expect(await site.text('/small')).toMatch(/^0\./);
      });
    });
  });
}

function addressCases({ site: make, tag }: Own): void {
  describe('whose address space is too narrow for a runtime', () => {
    const record = new RegExp(`${tag} .*address space of this process is limited to 1000 MB \\(LimitAS,.*: raise`);
    const site = make({ under: limitedTo(1000), startsWith: [record] });

    it('says why and what to do, answers 503 and lives on', async () => {
      expect(site.server.errorLog()).toMatch(record);
      expect(await askStatus(site, '/small')).toBe(503);
      expect(await site.text('/file')).toBe('a file');
    });
  });

  describe('whose address space is too narrow for one of its isolates', () => {
    const site = make({ under: limitedTo(2400), startsWith: [] });

    it('runs the others, and does not die of one that takes what it may', async () => {
      const before = await site.text('/small');
      site.expectLog(/TSGI3101 .*limited to 2400 MB \(LimitAS,.* or lower tsgi_memory_limit \(TSGIMemoryLimit\)/);
      site.allowLog(/TSGI3121 /); // it is tried again and again, in vain
      expect(await askStatus(site, '/large')).toBe(503);

      site.expectLog(/TSGI3105 /);
      site.allowLog(/TSGI2024 /);
      expect(await askStatus(site, '/small/objects-at-once')).toBe(500);
      expect(await site.text('/small')).not.toBe(before);
    });
  });
}
