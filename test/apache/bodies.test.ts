/** Request bodies in Apache, in memory, in files and in neither. */
import { describe, expect, it } from 'vitest';
import { bodyCases, large } from '../servers/bodies';
import { descriptorsOf } from '../support/process';
import { until } from '../support/until';
import { alias, app, jsonOf, useApache } from './apache';

const script = app('bodies.mjs');

const site = useApache(() => ({
  conf: {
    server: `
      LimitRequestBody 8000000
      ${alias('/memory', script, 'TSGIRequestBuffering on\nTSGIBufferSize 6m')}
      ${alias('/spooled', script, 'TSGIRequestBuffering on\nTSGIBufferSize 4k')}
      ${alias('/streamed', script)}
      ${alias('/narrow', script, 'LimitRequestBody 64000000\nTSGIBufferSize 4k')}
      ${alias('/limited', script, 'LimitRequestBody 1000\nTSGIRequestBuffering on')}
      ${alias('/limited-streamed', script, 'LimitRequestBody 1000')}`,
  },
}));

bodyCases(site, {
  mounts: ['/memory', '/spooled', '/streamed', '/narrow'],
  hugeChunk: '413 TSGI_BODY_TOO_LARGE', // httpd takes a size that no number holds for one above every limit
  logs: { malformed: [], tooLarge: [], tooLargeInChunks: [] },
});

describe('a buffered body', () => {
  it.each([
    ['/memory', 'memory', false],
    ['/spooled', 'a temporary file without a name', true],
  ])('at %s lies in %s', async (mount, _where, isFile) => {
    const files = () => [...descriptorsOf(site.worker).values()].filter((link) => link.includes('tsgi-body'));
    const connection = await site.connect();
    const incoming = connection.request(site.marked({ method: 'POST', target: `${mount}/read-later`, body: large }));
    await site.whenEvents(mount, ['called']);
    expect(files().length > 0).toBe(isFile);
    expect(files().filter((link) => !link.endsWith(' (deleted)'))).toEqual([]);
    await site.release(mount, 'read');
    expect(jsonOf(await incoming.whenDone())).toBe(large.length);
    await until('the file is closed', () => files().length === 0);
  });
});
