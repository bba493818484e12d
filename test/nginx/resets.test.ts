/** A response of nginx that breaks off looks broken to its client. */
import { freePort } from '../../scripts/lib/port.mjs';
import { resetCases } from '../servers/resets';
import { app, tls, useNginx } from './nginx';

const pass = `tsgi_pass ${app('responses.mjs')} group=one`;
let tlsPort = 0;

const site = useNginx(async (folder) => {
  tlsPort = await freePort();
  return {
    conf: {
      server: `
        ${tls(folder, tlsPort)}
        location /app { ${pass}; }
        location /zipped { gzip on; gzip_types *; gzip_min_length 0; gzip_http_version 1.0; ${pass}; }
        location /slow { limit_rate 1000k; ${pass}; }
        location /replaced { sub_filter_types *; sub_filter first 1st; ${pass}; }`,
    },
  };
});

resetCases(site, { tlsPort: () => tlsPort });
