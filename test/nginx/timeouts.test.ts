/** Applications of nginx that take their time. */
import { TIMEOUT, timeoutCases } from '../servers/timeouts';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('late.mjs')}`;

timeoutCases(
  useNginx(() => ({
    conf: {
      server: `
        location /late { tsgi_request_timeout ${TIMEOUT}ms; tsgi_request_buffering off; ${pass}; }
        location /patient { tsgi_request_timeout 0; ${pass} group=patient; }`,
    },
  })),
  { late: /TSGI2028 the application did not begin its response within 600 ms/ },
);
