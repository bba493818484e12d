/** What applications print goes to nginx's error logs. */
import { join } from 'node:path';
import { freePort } from '../../scripts/lib/port.mjs';
import { loggingCases } from '../servers/logging';
import { app, useNginx } from './nginx';

let otherPort = 0;

const site = useNginx(async (folder) => {
  otherPort = await freePort();
  return {
    startsWith: [/said while it was loaded/],
    conf: {
      http: `
        server {
          listen 127.0.0.1:${otherPort};
          server_name other;
          error_log ${join(folder, 'other.log')} info;
          location / { tsgi_pass ${app('prints.mjs')} group=both; }
        }`,
      server: `
        error_log ${join(folder, 'first.log')} info;
        tsgi_param REQUEST_ID $request_id;
        location /app { tsgi_pass ${app('prints.mjs')} group=both; }
        location /quiet { error_log ${join(folder, 'quiet.log')} crit; tsgi_pass ${app('prints.mjs')} group=both; }`,
    },
  };
});

loggingCases(site, {
  otherPort: () => otherPort,
  idIn: (line) => /request id: ([0-9a-f]{32})/.exec(line)?.[1],
  lines: {
    any: /^(?!2020)\d{4}\/\d\d\/\d\d /, // an application says that it is 2020
    first: /, client: 127\.0\.0\.1, server: localhost, request: "GET \/app\/print/,
    other: /, client: 127\.0\.0\.1, server: other, request: "GET \/print/,
    later: (n, answer) => new RegExp(`, request id: ${answer}, client: .*request: "GET /app/later\\?${n} `),
  },
});
