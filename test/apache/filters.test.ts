/** What httpd's own filters make of the response of an application. */
import { describe, expect, it } from 'vitest';
import { pattern } from '../servers/apps/responses.mjs';
import { filterCases } from '../servers/filters';
import { alias, app, useApache } from './apache';

const script = app('neighbours.mjs');

const site = useApache(() => ({
  modules: ['deflate', 'filter', 'substitute', 'include', 'headers', 'expires', 'ratelimit', 'buffer'],
  conf: {
    server: `
      ${alias('/app', script)}
      ${alias('/zipped', script, 'AddOutputFilterByType DEFLATE text/plain text/event-stream')}
      ${alias('/replaced', script, 'SetOutputFilter SUBSTITUTE\nSubstitute s/TITLE/heading/')}
      ${alias('/ssi', script, 'Options +Includes\nSetOutputFilter INCLUDES')}
      ${alias('/charset', script, 'AddDefaultCharset utf-8')}
      ${alias('/headers', script, 'Header always set X-Added here\nExpiresActive on\nExpiresDefault "access plus 1 hour"')}
      ${alias('/slow', app('responses.mjs'), 'SetOutputFilter RATE_LIMIT\nSetEnv rate-limit 2000')}
      ${alias('/whole', app('responses.mjs'), 'SetOutputFilter BUFFER')}
      <Files page.shtml>
        Options +Includes
        SetOutputFilter INCLUDES
      </Files>`,
  },
}));

filterCases(site, { tellsCompressedLength: true, failedInclude: [/unable to include "\/app\/fails"/] });

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
