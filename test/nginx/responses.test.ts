/** Responses of nginx as they are on the wire. Debian's nginx sends no early hints. */
import { responseCases } from '../servers/responses';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('responses.mjs')}`;

const site = useNginx(() => ({
  conf: {
    server: `
      location /app { ${pass}; }
      location /slow { limit_rate 200k; ${pass}; }
      location /elsewhere { return 200 elsewhere; }`,
  },
}));

responseCases(site, { page: /<center>nginx/, vary: ['Cookie', 'Accept'], untyped: ['/app'] });
