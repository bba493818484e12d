/** nginx, and where one request ends and the next begins. */
import { smugglingCases } from '../servers/smuggling';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('frames.mjs')}`;

const site = useNginx(() => ({
  conf: {
    server: `
      location /streamed { tsgi_request_buffering off; ${pass}; }
      location /buffered { ${pass}; }`,
  },
}));

smugglingCases(site, { logs: [/client sent invalid chunked body/] });
