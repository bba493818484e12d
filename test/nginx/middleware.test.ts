/** Middleware on nginx. */
import { expect, it } from 'vitest';
import { makeFiles, middlewareCases } from '../servers/middleware';
import { valuesOf } from '../support/reply';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('middleware.mjs')}`;

const site = useNginx((folder) => ({
  conf: {
    http: `tsgi_env ROOT=${makeFiles(folder)}; tsgi_application_group all;`,
    server: `
      location /app { ${pass}; }
      location /zipped { ${pass}; gzip on; gzip_types *; }
      location /closed { ${pass}; tsgi_pass_authorization off; }`,
  },
}));

middlewareCases(site);

it('several ranges of a static file are the whole of it', async () => {
  const reply = await site.request({ target: '/app/files/text.txt', fields: [['Range', 'bytes=0-3,10-13']] });
  expect(reply.status).toBe(200);
  expect(valuesOf(reply, 'Content-Range')).toEqual([]);
});
