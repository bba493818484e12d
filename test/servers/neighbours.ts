/** Applications that are asked for pages about the errors of others, and pages that are shown instead of theirs. */
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../support/reply';
import { jsonOf, type AnySite } from '../support/site';

interface Own {
  /** In the body of a replaced 410, for which there is no page. */
  withoutPage: string;
}

/**
 * `site` has `neighbours.mjs` at /app, whose /oops is the page for 500 at /pages, where bodies are buffered, and at
 * /pages-streamed; for 404 at /kept; for 500 at /loop it is /loop/fails. At /intercepted the server replaces errors: 404 by
 * that application, 401 by a text, and 403.
 */
export function errorPageCases(site: AnySite, own: Own): void {
  pageCases(site);
  replacementCases(site, own);
}

function pageCases(site: AnySite): void {
  describe('a page for an error', () => {
    it.each(['/pages', '/pages-streamed'])(
      'leads to an application, which sees GET and no body (%s)',
      async (mount) => {
        site.expectLog(/TSGI1001/);
        const fields: [string, string][] = [['Content-Type', 'text/x-test']];
        const reply = await site.request({ method: 'POST', target: `${mount}/fails?q`, body: 'a body', fields });
        expect(reply).toMatchObject({ status: 500, reason: 'Internal Server Error', complete: true });
        expect(jsonOf(reply)).toEqual({
          ...{ REQUEST_METHOD: 'GET', SCRIPT_NAME: '/app', PATH_INFO: '/oops', QUERY_STRING: '' },
          ...{ REQUEST_URI: `${mount}/fails?q`, input: 0 },
        });
      },
    );

    it('does not loop', async () => {
      site.expectLog(/TSGI1001/);
      expect(await site.request('/loop/fails')).toMatchObject({ status: 500, complete: true });
    });

    it('leaves the errors of an application alone', async () => {
      const reply = await site.request('/kept/status?404');
      expect(reply).toMatchObject({ status: 404, reason: 'Status' });
      expect(reply.body.toString()).toBe('its own body');
    });
  });
}

function replacementCases(site: AnySite, own: Own): void {
  describe('a server that replaces the errors of applications', () => {
    it('shows the page that there is', async () => {
      const reply = await site.request('/intercepted/status?404');
      expect(reply).toMatchObject({ status: 404, reason: 'Not Found' });
      expect(valuesOf(reply, 'X-Own')).toEqual([]);
      expect(jsonOf(reply)).toMatchObject({ PATH_INFO: '/oops', REQUEST_METHOD: 'GET' });
    });

    it('keeps the challenge of a 401, and nothing else', async () => {
      const reply = await site.request('/intercepted/status?401');
      expect(reply.body.toString()).toBe('a static page');
      expect(valuesOf(reply, 'WWW-Authenticate')).toEqual(['Basic realm="own"']);
      expect(valuesOf(reply, 'X-Own')).toEqual([]);
      const forbidden = await site.request('/intercepted/status?403');
      expect(forbidden).toMatchObject({ status: 403 });
      expect(valuesOf(forbidden, 'WWW-Authenticate')).toEqual([]);
    });

    it('shows what it has where there is no page', async () => {
      expect((await site.request('/intercepted/status?410')).body.toString()).toContain(own.withoutPage);
    });

    it('leaves successes', async () => {
      expect((await site.request('/intercepted/text')).status).toBe(200);
      expect(await site.request('/intercepted/status?299')).toMatchObject({ status: 299, reason: 'Status' });
    });
  });
}
