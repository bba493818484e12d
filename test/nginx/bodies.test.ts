/** Request bodies in nginx, in memory, in files and in neither. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { bodyCases, large } from '../servers/bodies';
import { until } from '../support/until';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('bodies.mjs')}`;

const site = useNginx(() => ({
  conf: {
    server: `
      client_max_body_size 8m;
      location /memory { client_body_buffer_size 6m; ${pass}; }
      location /spooled { client_body_buffer_size 1k; ${pass}; }
      location /only-file { client_body_in_file_only clean; ${pass}; }
      location /streamed { tsgi_request_buffering off; ${pass}; }
      location /narrow { client_max_body_size 64m; tsgi_request_buffering off; tsgi_buffer_size 4k; ${pass}; }
      location /narrow-buffered { tsgi_buffer_size 4k; ${pass}; }
      location /limited { client_max_body_size 1000; ${pass}; }
      location /limited-streamed { client_max_body_size 1000; tsgi_request_buffering off; ${pass}; }`,
  },
}));

bodyCases(site, {
  mounts: ['/memory', '/spooled', '/only-file', '/streamed', '/narrow', '/narrow-buffered'],
  hugeChunk: '400 TSGI_BODY_MALFORMED',
  logs: {
    malformed: [/client sent invalid chunked body/],
    tooLarge: [/client intended to send too large body: 1001 bytes/],
    tooLargeInChunks: [/client intended to send too large chunked body/],
  },
});

describe('a body in a file', () => {
  it('leaves none behind', async () => {
    await site.json({ method: 'POST', target: '/only-file/digest', body: large });
    const spool = join(site.server.folder, 'client_body');
    await until('the temporary files are gone', () => readdirSync(spool, { recursive: true }).length === 0);
  });
});
