/** What holds for a guest in any web server: see README.md. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Connection } from '../support/http1';
import type { AnySite } from '../support/site';
import { folderCases } from './folder-cases';
import { Guest, script } from './guest';
import { mainCases, processCases, signalCases } from './process-cases';
import { descriptorCases, programCases } from './program-cases';
import { threadCases, useCases } from './use-cases';

export { mounts } from './guest';

export function guestCases(site: AnySite): void {
  const guest = new Guest(site);
  mainCases(guest);
  processCases(guest);
  folderCases(guest);
  signalCases(guest);
  descriptorCases(guest);
  programCases(guest);
  threadCases(guest);
  useCases(guest);
}

interface Stoppable {
  port: number;
  stop(how: { signal: NodeJS.Signals }): Promise<number | null>;
}

/** What an application hears when its server asks its workers to leave. `start` gives it the environment variable TRACE. */
export function farewellCases(
  leave: NodeJS.Signals,
  start: (script: string, trace: string) => Promise<Stoppable>,
): void {
  describe('the end of the server', () => {
    it('is SIGTERM to an application that listens for it, and then an end as in any program', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
      chmodSync(folder, 0o777); // the server's user is another, maybe
      try {
        const trace = join(folder, 'trace');
        const server = await start(script('farewell.mjs'), trace);
        const connection = await Connection.connect({ port: server.port });
        const reply = await connection.request({ target: '/farewell', fields: [['Connection', 'close']] }).whenDone();
        expect(reply.body.toString()).toBe('living');
        expect(await server.stop({ signal: leave })).toBe(0);
        const heard = readFileSync(trace, 'utf8').trimEnd().split('\n');
        expect(heard.filter((line) => line !== 'close')).toEqual(['SIGTERM 15', 'after a while', 'at last', 'exit 0']);
        expect(heard.filter((line) => line === 'close')).toHaveLength(1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
}
