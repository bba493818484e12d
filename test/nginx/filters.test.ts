/** What nginx's own filters make of the response of an application. */
import { describe, expect, it } from 'vitest';
import { filterCases, text } from '../servers/filters';
import { valuesOf } from '../support/reply';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('neighbours.mjs')}`;

const site = useNginx(() => ({
  conf: {
    server: `
      location /app { ${pass}; }
      location /zipped { gzip on; gzip_types text/plain text/event-stream application/json; gzip_min_length 0; ${pass}; }
      location /replaced { sub_filter TITLE heading; sub_filter_once off; ${pass}; }
      location /added { add_before_body /app/part; add_after_body /app/part; ${pass}; }
      location /ssi { ssi on; ${pass}; }
      location /chunked { max_ranges 0; ${pass}; }
      location /charset { charset utf-8; charset_types text/plain; ${pass}; }
      location /headers { add_header X-Added here always; expires 1h; ${pass}; }
      location = /page.shtml { ssi on; default_type text/html; }`,
  },
}));

filterCases(site, { tellsCompressedLength: false, failedInclude: [] });

describe('ranges', () => {
  const ask = (target: string, range = 'bytes=0-1') => site.request({ target, fields: [['Range', range]] });

  it('are promised once, where the application promises them too', async () => {
    expect(valuesOf(await site.request('/app/ranged'), 'Accept-Ranges')).toEqual(['bytes']);
    const several = await ask('/app/ranged', 'bytes=0-1,4-5');
    expect(several).toMatchObject({ status: 200, length: 10 });
    expect(valuesOf(several, 'Accept-Ranges')).toEqual(['bytes']);
    expect(await ask('/app/ranged')).toMatchObject({ status: 206, length: 2 });
  });

  it('are not cut from what has no length, nor where nginx is told not to', async () => {
    expect(await ask('/app/part')).toMatchObject({ status: 200 });
    expect(await ask('/chunked/text')).toMatchObject({ status: 200, length: text.length });
  });
});

describe('addition', () => {
  it('puts two applications around a third', async () => {
    expect(await site.text('/added/page')).toBe('[GET  none 0]<p>TITLE and TITLE</p>[GET  none 0]');
  });
});
