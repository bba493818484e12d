/** A port that an application opens besides, in a server of several processes. */
import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import type { TestServer } from '../support/site';
import { until } from '../support/until';
import { script } from './guest';

/** `start` has two workers, gives the environment variable METRICS and serves the script at /application. */
export function portCases(start: (script: string, metrics: number) => Promise<TestServer>): void {
  describe('a port that an application opens in each of two workers', () => {
    it('is served by one, and by the other when that has gone', async () => {
      const metrics = await freePort();
      const server = await start(script('metrics.mjs'), metrics);
      try {
        const asked = async (port: number, path = '/') => /\d+/.exec(await textOf(port, path).catch(() => ''))?.[0];
        const served = new Set<string | undefined>();
        await until(
          () => `answers of both workers; there are those of ${[...served].join()}`,
          async () => {
            const answers = await Promise.all(Array.from({ length: 8 }, () => asked(server.port, '/application')));
            answers.forEach((pid) => served.add(pid));
            return served.size === 2;
          },
        );
        await until('the warning of the second worker', () => /TSGI1032 .*EADDRINUSE/.test(server.errorLog()));
        const owner = await until('an answer of the first', () => asked(metrics));
        expect(served).toContain(owner);
        expect(server.errorLog()).not.toMatch(/TSGI1030|TSGI3103/);
        process.kill(Number(owner), 'SIGKILL');
        await until('an answer of another', async () => ![undefined, owner].includes(await asked(metrics)));
      } finally {
        await server.stop();
      }
    });
  });
}

function textOf(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () => resolve(text)).on('error', reject);
    });
    request.on('error', reject);
  });
}
