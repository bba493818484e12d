/** Middleware on Apache. */
import { expect, it } from 'vitest';
import { makeFiles, middlewareCases } from '../servers/middleware';
import { valuesOf } from '../support/reply';
import { alias, app, useApache } from './apache';

const script = app('middleware.mjs');

const site = useApache((folder) => ({
  modules: ['deflate', 'filter'],
  conf: {
    server: `
      TSGISetProcessEnv ROOT ${makeFiles(folder)}
      TSGIApplicationGroup all
      ${alias('/app', script)}
      ${alias('/zipped', script, 'SetOutputFilter DEFLATE')}
      ${alias('/closed', script, 'TSGIPassAuthorization Off')}`,
  },
}));

middlewareCases(site);

it('several ranges of a static file are httpd’s to cut', async () => {
  const reply = await site.request({ target: '/app/files/text.txt', fields: [['Range', 'bytes=0-3,10-13']] });
  expect(reply.status).toBe(206);
  expect(valuesOf(reply, 'Content-Type')).toEqual([expect.stringMatching(/^multipart\/byteranges; boundary=/)]);
  expect(String(reply.body)).toContain(`Content-range: bytes 10-13/${31 * 1000}`);
});
