/** How threads share processors with nginx's. */
import { niceCases } from '../servers/nice';
import { app, useNginx } from './nginx';

const server = `location /app { tsgi_pass ${app('mortal.mjs')}; }`;

niceCases(
  useNginx(() => ({ conf: { server } })),
  3,
);
niceCases(
  useNginx(() => ({ conf: { server, http: 'tsgi_nice 10;' } })),
  10,
);
