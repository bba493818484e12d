/** Applications that httpd asks on behalf of other requests, and pages it shows instead of theirs. */
import { describe, expect, it } from 'vitest';
import { errorPageCases } from '../servers/neighbours';
import { alias, app, useApache } from './apache';

const script = app('neighbours.mjs');

const site = useApache(() => ({
  modules: ['alias'],
  conf: {
    server: `
      ${alias('/app', script)}
      ${alias('/pages', script, 'ErrorDocument 500 /app/oops\nErrorDocument 503 /app/418\nTSGIRequestBuffering on')}
      ${alias('/pages-streamed', script, 'ErrorDocument 500 /app/oops')}
      Redirect 503 /pages/503
      ${alias('/intercepted', script, 'TSGIErrorOverride on\nErrorDocument 404 /app/oops\nErrorDocument 401 "a static page"')}
      ${alias('/kept', script, 'ErrorDocument 404 /app/oops')}
      ${alias('/loop', script, 'ErrorDocument 500 /loop/fails')}`,
  },
}));

errorPageCases(site, { withoutPage: '<h1>Gone</h1>' });

describe('ErrorDocument', () => {
  it('may say another status', async () => {
    const reply = await site.request('/pages/503');
    expect(reply).toMatchObject({ status: 418, reason: "I'm a teapot" });
  });
});
