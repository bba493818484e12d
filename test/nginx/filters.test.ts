/** What nginx's own filters make of the response of an application. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../support/reply';
import { until } from '../support/until';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('neighbours.mjs')}`;
const text = 'The quick brown fox jumps over the lazy dog. '.repeat(100);

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
      location /pages { ssi on; default_type text/html; }`,
  },
}));

const acceptGzip: [string, string][] = [['Accept-Encoding', 'gzip']];

describe('gzip', () => {
  it('compresses', async () => {
    const reply = await site.request({ target: '/zipped/text', fields: acceptGzip });
    expect(valuesOf(reply, 'Content-Encoding')).toEqual(['gzip']);
    expect(reply).toMatchObject({ length: undefined, complete: true });
    expect(gunzipSync(reply.body).toString()).toBe(text);
    expect(reply.body.length).toBeLessThan(text.length / 4);
  });

  it('does not keep a chunk back', async () => {
    const connection = await site.connect();
    const incoming = connection.request(site.marked({ target: '/zipped/events', fields: acceptGzip }));
    const unzip = createGunzip();
    let seen = '';
    unzip.on('data', (piece) => (seen += String(piece)));
    incoming.onBody = (piece) => void unzip.write(piece);
    await until('the first event', () => seen === 'data: one\n\n');
    await site.release('/zipped', 'second');
    await until('the second event', () => seen === 'data: one\n\ndata: two\n\n');
    expect(await incoming.whenDone()).toMatchObject({ complete: true });
  });
});

describe('sub_filter', () => {
  it('replaces across chunks', async () => {
    expect(await site.text('/replaced/page')).toBe('<p>heading and heading</p>');
  });
});

describe('ranges', () => {
  const ask = (range: string, target = '/app/text') => site.request({ target, fields: [['Range', range]] });

  it('are cut from a response of known length', async () => {
    const reply = await ask('bytes=4-8');
    expect(reply).toMatchObject({ status: 206, length: 5, complete: true });
    expect(reply.body.toString()).toBe('quick');
    expect(valuesOf(reply, 'Content-Range')).toEqual([`bytes 4-8/${text.length}`]);
  });

  it("are not promised where none was asked for: the head is the application's", async () => {
    expect(valuesOf(await site.request('/app/text'), 'Accept-Ranges')).toEqual([]);
  });

  it('beyond the end are refused', async () => {
    expect(await ask('bytes=100000-')).toMatchObject({ status: 416 });
  });

  it('are not cut from what has no length, nor where nginx is told not to', async () => {
    expect(await ask('bytes=0-1', '/app/part')).toMatchObject({ status: 200 });
    expect(await ask('bytes=0-1', '/chunked/text')).toMatchObject({ status: 200, length: text.length });
  });
});

describe('addition', () => {
  it('puts two applications around a third', async () => {
    expect(await site.text('/added/page')).toBe('[GET  none 0]<p>TITLE and TITLE</p>[GET  none 0]');
  });
});

describe('SSI', () => {
  it('includes an application into a page', async () => {
    writeFileSync(
      join(site.server.root, 'pages'),
      '<a><!--# include virtual="/app/part?x=1" --><b><!--# include virtual="/app/part?y=2" --><c>',
    );
    expect(await site.text('/pages')).toBe('<a>[GET x=1 none 0]<b>[GET y=2 none 0]<c>');
  });

  it('is looked for in what an application sends', async () => {
    const target = `/ssi/includes?${encodeURIComponent('/app/part?q')}`;
    expect(await site.text(target)).toBe('<a>[GET q none 0]<b>');
  });

  it('gives the included no body, whatever the request had', async () => {
    const target = `/ssi/includes?${encodeURIComponent('/app/part?q')}`;
    expect(await site.text({ method: 'POST', target, body: 'a body' })).toBe('<a>[GET q none 0]<b>');
  });

  it('includes an application into itself', async () => {
    const inner = `/ssi/includes?${encodeURIComponent('/app/part?deep')}`;
    const reply = await site.text(`/ssi/includes?${encodeURIComponent(inner)}`);
    expect(reply).toBe('<a><a>[GET deep none 0]<b><b>');
  });

  it('survives an included application that fails', async () => {
    site.expectLog(/TSGI1001/);
    const reply = await site.text(`/ssi/includes?${encodeURIComponent('/app/fails')}`);
    expect(reply).toMatch(/^<a>[^]*<b>$/);
    expect(reply).not.toContain('secret');
  });
});

describe('fields', () => {
  it('are added by nginx', async () => {
    const reply = await site.request('/headers/text');
    expect(valuesOf(reply, 'X-Added')).toEqual(['here']);
    expect(valuesOf(reply, 'Cache-Control')).toEqual(['max-age=3600']);
    expect(valuesOf(await site.request('/charset/text'), 'Content-Type')).toEqual(['text/plain; charset=utf-8']);
  });
});
