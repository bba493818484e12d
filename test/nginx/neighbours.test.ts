/** Applications that nginx asks on behalf of other requests: authorisation, error pages, mirrors. */
import { describe, expect, it } from 'vitest';
import { errorPageCases } from '../servers/neighbours';
import { valuesOf } from '../support/reply';
import { app, jsonOf, useNginx } from './nginx';

const pass = `tsgi_pass ${app('neighbours.mjs')}`;

const site = useNginx(() => ({
  conf: {
    server: `
      location /app { ${pass}; }
      location /guarded { auth_request /app/auth; auth_request_set $who $upstream_http_x_user; ${pass}; }
      location /guarded-static { auth_request /app/auth; return 200; }
      location /guarded-streamed { auth_request /app/auth; tsgi_request_buffering off; ${pass}; }
      location /pages {
        error_page 500 502 /app/oops;
        error_page 503 =200 /app/oops;
        error_page 418 = @teapot;
        ${pass};
        location /pages/502 { return 502; }
        location /pages/503 { return 503; }
        location /pages/418 { return 418; }
      }
      location /pages-streamed { error_page 500 /app/oops; tsgi_request_buffering off; ${pass}; }
      location @teapot { ${pass} mount=/pages; }
      location /intercepted {
        tsgi_intercept_errors on;
        error_page 404 500 /app/oops;
        error_page 401 403 /static-page;
        ${pass};
      }
      location = /static-page { internal; return 200 "a static page"; }
      location /kept { error_page 404 /app/oops; ${pass}; }
      location /mirrored { mirror /app/seen/mirror; ${pass}; }
      location /mirrored-streamed { mirror /app/seen/mirror; mirror_request_body off; tsgi_request_buffering off; ${pass}; }
      location /loop { error_page 500 /loop/fails; ${pass}; }
      location /internal-only { internal; ${pass}; }
      location /to-internal { rewrite ^ /internal-only/seen last; }
      location /index/ { index seen; ${pass}; }
      location /post { post_action /app/seen/after; ${pass}; }`,
  },
}));

errorPageCases(site, { withoutPage: 'its own body' });

const verdict = (value: string): [string, string][] => [['X-Verdict', value]];

describe('auth_request', () => {
  it('lets pass what an application allows', async () => {
    for (const value of ['204', '200']) {
      const reply = await site.request({ target: '/guarded/seen', fields: verdict(value) });
      expect(reply.status).toBe(200);
    }
  });

  it('refuses what it does not', async () => {
    site.expectLog(/access forbidden by rule|auth request/);
    const none = await site.request({ target: '/guarded/seen', fields: verdict('401') });
    expect(none.status).toBe(401);
    expect(valuesOf(none, 'WWW-Authenticate')).toEqual(['Bearer realm="app"']);
    expect((await site.request({ target: '/guarded/seen', fields: verdict('403') })).status).toBe(403);
    expect((await site.request({ target: '/guarded/seen', fields: verdict('302') })).status).toBe(500);
  });

  it.each(['/guarded', '/guarded-streamed'])(
    'asks without the body, which the application then gets (%s)',
    async (at) => {
      const reply = await site.request(site.marked({ method: 'POST', target: `${at}/seen?q=1`, body: 'a body' }));
      expect(jsonOf(reply)).toMatchObject({
        REQUEST_METHOD: 'POST',
        CONTENT_LENGTH: '6',
        input: 6,
        QUERY_STRING: 'q=1',
      });
      const [asked] = (await site.events('/app')) as { auth: Record<string, unknown> }[];
      expect(asked?.auth).toEqual({
        ...{ REQUEST_METHOD: 'GET', SCRIPT_NAME: '/app', PATH_INFO: '/auth', QUERY_STRING: '' },
        ...{ REQUEST_URI: `${at}/seen?q=1`, input: 0 },
      });
    },
  );
});

describe('error_page', () => {
  it("is for nginx's own errors too, and may change the status", async () => {
    expect(await site.request('/pages/502')).toMatchObject({ status: 502, reason: 'Bad Gateway' });
    expect(await site.request('/pages/503')).toMatchObject({ status: 200 });
    expect(jsonOf(await site.request('/pages/503'))).toMatchObject({ PATH_INFO: '/oops' });
  });

  it('leads to a named location with method and body', async () => {
    const reply = await site.request({ method: 'POST', target: '/pages/418', body: 'a body' });
    expect(reply).toMatchObject({ status: 418, reason: "I'm a teapot" });
    expect(jsonOf(reply)).toMatchObject({ REQUEST_METHOD: 'POST', PATH_INFO: '/418', CONTENT_LENGTH: '6', input: 6 });
  });
});

describe('mirror', () => {
  it.each(['/mirrored', '/mirrored-streamed'])('asks another application in the background (%s)', async (mount) => {
    const reply = await site.request(site.marked({ method: 'POST', target: `${mount}/seen`, body: 'a body' }));
    expect(jsonOf(reply)).toMatchObject({ REQUEST_METHOD: 'POST', input: 6 });
    await site.whenEvent('/app', {
      ...{ REQUEST_METHOD: 'POST', SCRIPT_NAME: '/app', PATH_INFO: '/seen/mirror', QUERY_STRING: '' },
      ...{ REQUEST_URI: `${mount}/seen`, input: 0 },
    });
  });
});

describe('an internal redirect', () => {
  it('leads to a location that clients cannot reach', async () => {
    expect((await site.request('/internal-only/seen')).status).toBe(404);
    expect(jsonOf(await site.request('/to-internal'))).toMatchObject({
      ...{ SCRIPT_NAME: '/internal-only', PATH_INFO: '/seen', REQUEST_URI: '/to-internal' },
    });
  });
});

describe('post_action', () => {
  it('asks an application when the response is out', async () => {
    const reply = await site.request(site.marked({ method: 'POST', target: '/post/seen', body: 'a body' }));
    expect(reply.complete).toBe(true);
    await site.whenEvent('/app', {
      ...{ REQUEST_METHOD: 'GET', SCRIPT_NAME: '/app', PATH_INFO: '/seen/after', QUERY_STRING: '' },
      ...{ REQUEST_URI: '/post/seen', input: 0 },
    });
  });
});
