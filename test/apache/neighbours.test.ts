/** Applications that httpd asks on behalf of other requests, and pages it shows instead of theirs. */
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../support/reply';
import { app, jsonOf, useApache } from './apache';

const alias = (prefix: string, directives = '') => `
  TSGIScriptAlias ${prefix} ${app('neighbours.mjs')}
  <Location ${prefix}>
    ${directives}
  </Location>`;

const site = useApache(() => ({
  modules: ['alias'],
  conf: {
    server: `
      ${alias('/app')}
      ${alias('/pages', 'ErrorDocument 500 /app/oops\nErrorDocument 503 /app/418\nTSGIRequestBuffering on')}
      ${alias('/pages-streamed', 'ErrorDocument 500 /app/oops')}
      Redirect 503 /pages/503
      ${alias('/overridden', 'TSGIErrorOverride on\nErrorDocument 404 /app/oops\nErrorDocument 401 "a static page"')}
      ${alias('/kept', 'ErrorDocument 404 /app/oops')}
      ${alias('/loop', 'ErrorDocument 500 /loop/fails')}`,
  },
}));

describe('ErrorDocument', () => {
  it.each(['/pages', '/pages-streamed'])('leads to an application, which sees GET and no body (%s)', async (mount) => {
    site.expectLog(/TSGI1001/);
    const reply = await site.request({ method: 'POST', target: `${mount}/fails?q`, body: 'a body' });
    expect(reply).toMatchObject({ status: 500, reason: 'Internal Server Error', complete: true });
    expect(jsonOf(reply)).toEqual({
      ...{ REQUEST_METHOD: 'GET', SCRIPT_NAME: '/app', PATH_INFO: '/oops', QUERY_STRING: '' },
      ...{ REQUEST_URI: `${mount}/fails?q`, input: 0 },
    });
  });

  it('may say another status', async () => {
    const reply = await site.request('/pages/503');
    expect(reply).toMatchObject({ status: 418, reason: "I'm a teapot" });
  });

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

describe('TSGIErrorOverride', () => {
  it('replaces the errors of an application', async () => {
    const reply = await site.request('/overridden/status?404');
    expect(reply).toMatchObject({ status: 404, reason: 'Not Found' });
    expect(valuesOf(reply, 'X-Own')).toEqual([]);
    expect(jsonOf(reply)).toMatchObject({ PATH_INFO: '/oops', REQUEST_METHOD: 'GET' });
    expect((await site.request('/overridden/status?410')).body.toString()).toContain('<h1>Gone</h1>');
  });

  it('keeps the challenge of a 401, and nothing else', async () => {
    const reply = await site.request('/overridden/status?401');
    expect(reply.body.toString()).toBe('a static page');
    expect(valuesOf(reply, 'WWW-Authenticate')).toEqual(['Basic realm="own"']);
    expect(valuesOf(reply, 'X-Own')).toEqual([]);
    const forbidden = await site.request('/overridden/status?403');
    expect(forbidden).toMatchObject({ status: 403 });
    expect(valuesOf(forbidden, 'WWW-Authenticate')).toEqual([]);
  });

  it('leaves successes', async () => {
    expect((await site.request('/overridden/text')).status).toBe(200);
    expect(await site.request('/overridden/status?299')).toMatchObject({ status: 299, reason: 'Status' });
  });
});
