/** What httpd's own filters make of the response of an application. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../support/reply';
import { until } from '../support/until';
import { pattern } from '../nginx/apps/responses.mjs';
import { app, useApache } from './apache';

const alias = (prefix: string, directives = '', script = 'neighbours.mjs') => `
  TSGIScriptAlias ${prefix} ${app(script)}
  <Location ${prefix}>
    ${directives}
  </Location>`;
const text = 'The quick brown fox jumps over the lazy dog. '.repeat(100);

const site = useApache(() => ({
  modules: ['deflate', 'filter', 'substitute', 'include', 'headers', 'expires', 'ratelimit', 'buffer'],
  conf: {
    server: `
      <Directory />
        AllowOverride All
      </Directory>
      ${alias('/app')}
      ${alias('/zipped', 'AddOutputFilterByType DEFLATE text/plain text/event-stream')}
      ${alias('/replaced', 'SetOutputFilter SUBSTITUTE\nSubstitute s/TITLE/heading/')}
      ${alias('/ssi', 'Options +Includes\nSetOutputFilter INCLUDES')}
      ${alias('/charset', 'AddDefaultCharset utf-8')}
      ${alias('/headers', 'Header always set X-Added here\nExpiresActive on\nExpiresDefault "access plus 1 hour"')}
      ${alias('/slow', 'SetOutputFilter RATE_LIMIT\nSetEnv rate-limit 2000', 'responses.mjs')}
      ${alias('/whole', 'SetOutputFilter BUFFER', 'responses.mjs')}`,
  },
}));

const acceptGzip: [string, string][] = [['Accept-Encoding', 'gzip']];

describe('mod_deflate', () => {
  it('compresses', async () => {
    const reply = await site.request({ target: '/zipped/text', fields: acceptGzip });
    expect(valuesOf(reply, 'Content-Encoding')).toEqual(['gzip']);
    expect(reply.complete).toBe(true);
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

  it('answers a HEAD', async () => {
    const reply = await site.request({ method: 'HEAD', target: '/zipped/text', fields: acceptGzip });
    expect(reply).toMatchObject({ status: 200, complete: true });
  });
});

describe('mod_substitute', () => {
  it('replaces across chunks', async () => {
    expect(await site.text('/replaced/page')).toBe('<p>heading and heading</p>');
  });
});

describe('mod_ratelimit', () => {
  it('slows down and loses nothing', async () => {
    const reply = await site.request('/slow/generated?size=1000000&length');
    expect(reply).toMatchObject({ complete: true, length: 1_000_000 });
    expect(reply.body.equals(pattern(0, 1_000_000))).toBe(true);
  });
});

describe('mod_buffer', () => {
  it('collects and loses nothing', async () => {
    const reply = await site.request('/whole/generated?size=1000000');
    expect(reply.complete).toBe(true);
    expect(reply.body.equals(pattern(0, 1_000_000))).toBe(true);
  });
});

describe('ranges', () => {
  const ask = (range: string, target = '/app/text') => site.request({ target, fields: [['Range', range]] });

  it('are cut from a response that is whole', async () => {
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

  it('are not cut from what comes piece by piece', async () => {
    const connection = await site.connect();
    const incoming = connection.request(site.marked({ target: '/zipped/events', fields: [['Range', 'bytes=0-1']] }));
    expect((await incoming.whenHead()).status).toBe(200);
    await site.release('/zipped', 'second');
    expect((await incoming.whenDone()).body.toString()).toBe('data: one\n\ndata: two\n\n');
  });
});

describe('mod_include', () => {
  it('includes an application into a page', async () => {
    writeFileSync(join(site.server.root, '.htaccess'), 'Options +Includes\nAddOutputFilter INCLUDES .shtml\n');
    writeFileSync(
      join(site.server.root, 'page.shtml'),
      '<a><!--#include virtual="/app/part?x=1" --><b><!--#include virtual="/app/part?y=2" --><c>',
    );
    expect(await site.text('/page.shtml')).toBe('<a>[GET x=1 none 0]<b>[GET y=2 none 0]<c>');
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
    site.expectLog(/unable to include "\/app\/fails"/);
    const reply = await site.text(`/ssi/includes?${encodeURIComponent('/app/fails')}`);
    expect(reply).toMatch(/^<a>[^]*<b>$/);
    expect(reply).not.toContain('secret');
  });
});

describe('fields', () => {
  it('are added by httpd', async () => {
    const reply = await site.request('/headers/text');
    expect(valuesOf(reply, 'X-Added')).toEqual(['here']);
    expect(valuesOf(reply, 'Cache-Control')).toEqual(['max-age=3600']);
    expect(valuesOf(await site.request('/charset/text'), 'Content-Type')).toEqual(['text/plain; charset=utf-8']);
  });
});
