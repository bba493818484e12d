/** Many requests to an application of Express inside nginx. */
import { growthCases } from '../servers/growth';
import { app, useNginx } from './nginx';

const site = useNginx(() => ({
  conf: { server: `location /app { tsgi_pass ${app('growth.mjs')} mount=/app; }` },
}));

growthCases(site);
