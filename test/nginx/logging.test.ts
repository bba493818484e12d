/** What applications print goes to the error log of the virtual host that it concerns. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import { app, useNginx } from './nginx';

let otherPort = 0;

const site = useNginx(async (folder) => {
  otherPort = await freePort();
  return {
    startsWith: [/said while it was loaded/],
    conf: {
      http: `
        server {
          listen 127.0.0.1:${otherPort};
          server_name other;
          error_log ${join(folder, 'other.log')} info;
          location / { tsgi_pass ${app('prints.mjs')} group=both; }
        }`,
      server: `
        error_log ${join(folder, 'first.log')} info;
        tsgi_param REQUEST_ID $request_id;
        location /app { tsgi_pass ${app('prints.mjs')} group=both; }
        location /quiet { error_log ${join(folder, 'quiet.log')} crit; tsgi_pass ${app('prints.mjs')} group=both; }`,
    },
  };
});

const idIn = (line: string) => /request id: ([0-9a-f]{32})/.exec(line)?.[1];

describe('output in a request', () => {
  it('goes to the log of its server, with the request id, the client and the request line', async () => {
    site.expectLog(/for the first/, /for the other/);
    await site.text('/app/print?for the first'.replaceAll(' ', '%20'));
    await site.text('/print?for%20the%20other', { port: otherPort });
    const first = await site.whenLogged(/for the first/, 'first.log');
    const other = await site.whenLogged(/for the other/, 'other.log');
    expect(first).toMatch(/, client: 127\.0\.0\.1, server: localhost, request: "GET \/app\/print/);
    expect(other).toMatch(/, client: 127\.0\.0\.1, server: other, request: "GET \/print/);
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
    const [one, two] = await Promise.all([site.text('/app/later?1'), site.text('/app/later?2')]);
    for (const [n, id] of [
      ['1', one],
      ['2', two],
    ] as const) {
      const line = await site.whenLogged(new RegExp(`${n} after waiting`), 'first.log');
      expect(line).toMatch(new RegExp(`request: "GET /app/later\\?${n} `));
      expect(idIn(line)).toBe(id);
    }
  });

  it('is one record for each line, and forges none', async () => {
    site.expectLog(/line one/, /line two/);
    await site.text('/app/lines');
    await site.whenLogged(/line one/, 'first.log');
    const two = await site.whenLogged(/line two/, 'first.log');
    expect(idIn(two)).toBeDefined();
    const forged = site.logLines('first.log').filter((line) => /^2020\/01\/01/.test(line));
    expect(forged).toEqual([]);
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

  it('obeys the level of the location', async () => {
    site.expectLog(/for the first again/);
    await site.text('/quiet/print?nobody%20hears');
    await site.text('/app/print?for%20the%20first%20again');
    await site.whenLogged(/for the first again/, 'first.log');
    expect(site.logLines().join('\n')).not.toContain('nobody hears');
  });
});

describe('output outside of any request', () => {
  it('goes to the log of the first mount', async () => {
    site.expectLog(/on its own/);
    await site.text('/app/on-its-own');
    const line = await site.whenLogged(/on its own/, 'other.log');
    expect(line).not.toMatch(/request id|client:/);
  });
});
