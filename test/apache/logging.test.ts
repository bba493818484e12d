/** What applications print goes to the error log of the virtual host that it concerns. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import { app, useApache } from './apache';

let otherPort = 0;

const site = useApache(async (folder) => {
  otherPort = await freePort();
  return {
    startsWith: [/said while it was loaded/],
    modules: ['setenvif'],
    conf: {
      main: `
        Listen 127.0.0.1:${otherPort}
        <VirtualHost 127.0.0.1:${otherPort}>
          ServerName other
          ErrorLog ${join(folder, 'other.log')}
          TSGIScriptAlias / ${app('prints.mjs')} group=both
          TSGIImportScript ${app('prints.mjs')} group=both
        </VirtualHost>`,
      server: `
        ErrorLog ${join(folder, 'first.log')}
        TSGIScriptAlias /app ${app('prints.mjs')} group=both
        TSGIScriptAlias /quiet ${app('prints.mjs')} group=both
        <Location /quiet>
          LogLevel tsgi:crit
        </Location>`,
    },
  };
});

const idIn = (line: string) => /request id: (\S+)$/.exec(line)?.[1];

describe('output in a request', () => {
  it('goes to the log of its server, with the request id and the client, under the name of the module', async () => {
    site.expectLog(/for the first/, /for the other/);
    await site.text('/app/print?for%20the%20first');
    await site.text('/print?for%20the%20other', { port: otherPort });
    const first = await site.whenLogged(/for the first/, 'first.log');
    const other = await site.whenLogged(/for the other/, 'other.log');
    for (const line of [first, other]) {
      expect(line).toMatch(/\[tsgi:error\] \[pid \d+:tid \d+\] \[client 127\.0\.0\.1:\d+\] for the/);
    }
    expect(idIn(first)).toBeDefined();
    expect(idIn(other)).not.toBe(idIn(first));
    expect(site.logLines('first.log').join('\n')).not.toContain('for the other');
    expect(site.logLines('other.log').join('\n')).not.toContain('for the first');
  });

  it('comes from console, process.stdout, process.stderr and tsgi.errors alike', async () => {
    site.expectLog(/by way/);
    await site.text('/app/ways');
    const ways = ['console.log', 'console.error', 'stdout', 'stderr', 'tsgi.errors'];
    const lines = await Promise.all(ways.map((way) => site.whenLogged(new RegExp(`by way of ${way}`), 'first.log')));
    expect(new Set(lines.map(idIn)).size).toBe(1);
  });

  it('keeps its request after the application has waited', async () => {
    site.expectLog(/after waiting/);
    await Promise.all([site.text('/app/later?1'), site.text('/app/later?2')]);
    const [one, two] = await Promise.all(
      ['1', '2'].map((n) => site.whenLogged(new RegExp(`${n} after waiting`), 'first.log')),
    );
    expect(idIn(one ?? '')).toBeDefined();
    expect(idIn(two ?? '')).not.toBe(idIn(one ?? ''));
  });

  it('is one record for each line, and forges none', async () => {
    site.expectLog(/line one/, /line two/);
    await site.text('/app/lines');
    await site.whenLogged(/line one/, 'first.log');
    const two = await site.whenLogged(/line two/, 'first.log');
    expect(idIn(two)).toBeDefined();
    expect(site.logLines('first.log').filter((line) => !line.startsWith('['))).toEqual([]);
    expect(site.logLines('first.log').join('')).not.toMatch(/[\u0000-\u0008\u001b]/);
  });

  it('that is long arrives whole, in pieces', async () => {
    site.expectLog(/x{100}/);
    await site.text('/app/long');
    await site.whenLogged(/x{100}END/, 'first.log');
    const count = site
      .logLines('first.log')
      .map((line) => /x{3,}/.exec(line)?.[0].length ?? 0)
      .reduce((sum, length) => sum + length, 0);
    expect(count).toBe(10_000);
  });

  it('obeys the log level of the location', async () => {
    site.expectLog(/for the first again/);
    await site.text('/quiet/print?nobody%20hears');
    await site.text('/app/print?for%20the%20first%20again');
    await site.whenLogged(/for the first again/, 'first.log');
    expect(site.logLines().join('\n')).not.toContain('nobody hears');
  });
});

describe('output outside of any request', () => {
  it('goes to the log of the server where the application was first opened', async () => {
    site.expectLog(/on its own/);
    await site.text('/app/on-its-own');
    const line = await site.whenLogged(/on its own/, 'other.log');
    expect(line).not.toMatch(/request id|client/);
  });

  it('is heard although every thread rests', async () => {
    site.expectLog(/on its own/);
    await site.text('/app/on-its-own');
    await site.whenQuiet();
    await site.whenLogged(/on its own/, 'other.log');
  });

  it('is heard when it comes behind a response, while the connection rests', async () => {
    site.expectLog(/behind the response/);
    const connection = await site.connect();
    const reply = await connection.request(site.marked('/app/afterwards')).whenDone();
    expect(reply).toMatchObject({ status: 200, complete: true });
    const line = await site.whenLogged(/behind the response/, 'first.log');
    expect(line).not.toMatch(/request id|client/);
    expect(connection.closed).toBe('open');
  });
});
