/** What a server's own filters make of the response of an application. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../support/reply';
import type { AnySite } from '../support/site';
import { until } from '../support/until';

interface Own {
  /** Whether it compresses a short body before it sends the head. */
  tellsCompressedLength: boolean;
  /** What the server itself logs of an include that fails. */
  failedInclude: readonly RegExp[];
}

export const text = 'The quick brown fox jumps over the lazy dog. '.repeat(100);

/**
 * `site` has `neighbours.mjs` at /app, and behind one filter each at /zipped, at /replaced (`TITLE` by `heading`), at /ssi, at
 * /charset and at /headers; it looks for includes in the file /page.shtml.
 */
export function filterCases(site: AnySite, own: Own): void {
  compressionCases(site, own);
  substitutionCases(site);
  rangeCases(site);
  includeCases(site, own);
  fieldCases(site);
}

function compressionCases(site: AnySite, own: Own): void {
  const acceptGzip: [string, string][] = [['Accept-Encoding', 'gzip']];

  describe('compression', () => {
    it('compresses', async () => {
      const reply = await site.request({ target: '/zipped/text', fields: acceptGzip });
      expect(valuesOf(reply, 'Content-Encoding')).toEqual(['gzip']);
      expect(reply.complete).toBe(true);
      expect(reply.length).toBe(own.tellsCompressedLength ? reply.body.length : undefined);
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
}

function substitutionCases(site: AnySite): void {
  describe('substitution', () => {
    it('replaces across chunks', async () => {
      expect(await site.text('/replaced/page')).toBe('<p>heading and heading</p>');
    });
  });
}

function rangeCases(site: AnySite): void {
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

    it('are not cut from what comes piece by piece', async () => {
      const connection = await site.connect();
      const incoming = connection.request(site.marked({ target: '/zipped/events', fields: [['Range', 'bytes=0-1']] }));
      expect((await incoming.whenHead()).status).toBe(200);
      await site.release('/zipped', 'second');
      expect((await incoming.whenDone()).body.toString()).toBe('data: one\n\ndata: two\n\n');
    });
  });
}

function includeCases(site: AnySite, own: Own): void {
  describe('an included application', () => {
    it('is part of a page', async () => {
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

    it('may include one itself', async () => {
      const inner = `/ssi/includes?${encodeURIComponent('/app/part?deep')}`;
      const reply = await site.text(`/ssi/includes?${encodeURIComponent(inner)}`);
      expect(reply).toBe('<a><a>[GET deep none 0]<b><b>');
    });

    it('may fail, and the page survives', async () => {
      site.expectLog(/TSGI1001/, ...own.failedInclude);
      const reply = await site.text(`/ssi/includes?${encodeURIComponent('/app/fails')}`);
      expect(reply).toMatch(/^<a>[^]*<b>$/);
      expect(reply).not.toContain('secret');
    });
  });
}

function fieldCases(site: AnySite): void {
  describe('fields', () => {
    it('are added by the server', async () => {
      const reply = await site.request('/headers/text');
      expect(valuesOf(reply, 'X-Added')).toEqual(['here']);
      expect(valuesOf(reply, 'Cache-Control')).toEqual(['max-age=3600']);
      expect(valuesOf(await site.request('/charset/text'), 'Content-Type')).toEqual(['text/plain; charset=utf-8']);
    });
  });
}
