/** nginx, and what a client is told of failures. */
import { join } from 'node:path';
import { inRepository } from '../../scripts/lib/paths.mjs';
import { deaths, leakCases, writeFailing } from '../servers/leaks';
import { app, useNginx } from './nginx';

const pass = `tsgi_preload off; tsgi_pass ${app('leaks.mjs')}`;

const site = useNginx((folder) => {
  const failing = writeFailing(folder);
  const framework = join(failing, 'framework.mjs');
  const dying = deaths.map(
    (name) => `location /${name} { tsgi_stall_timeout 1s; tsgi_memory_limit 64m; ${pass} group=${name}; }`,
  );
  return {
    conf: {
      http: 'tsgi_max_applications 64;',
      server: `
        tsgi_module_path ${inRepository('node_modules')};
        location /app { ${pass}; }
        location /late { tsgi_request_timeout 500ms; ${pass}; }
        location /limited { client_max_body_size 10; ${pass}; }
        ${dying.join('\n')}
        location /failing/ { tsgi_pass ${failing}; }
        location /framework { tsgi_preload off; tsgi_pass ${framework}; }
        location /production { tsgi_env NODE_ENV=production; tsgi_preload off; tsgi_pass ${framework} group=production; }`,
    },
  };
});

leakCases(site, { logs: [/client (sent|intended)/, /open\(\) ".*" failed/, /is not found/] });
