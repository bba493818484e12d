/** Applications are guests in a worker of nginx. */
import { startNginx } from '../../scripts/lib/nginx-server.mjs';
import { farewellCases, guestCases, mounts } from '../guest/cases';
import { portCases } from '../guest/port-cases';
import { useNginx } from './nginx';

const location = ([path, { script, env = {} }]: [string, (typeof mounts)[string]]) => `
  location ${path} {
    ${Object.entries(env)
      .map(([name, value]) => `tsgi_env ${name}=${value};`)
      .join(' ')}
    tsgi_pass ${script} group=${path.slice(1)};
  }`;

guestCases(
  useNginx(() => ({
    conf: { http: 'tsgi_max_applications 64;', server: Object.entries(mounts).map(location).join('') },
  })),
);

farewellCases('SIGQUIT', (script, trace) =>
  startNginx({ conf: { server: `location /farewell { tsgi_env TRACE=${trace}; tsgi_pass ${script}; }` } }),
);

portCases((script, metrics) =>
  startNginx({
    workers: 2,
    conf: { server: `location /application { tsgi_env METRICS=${metrics}; tsgi_pass ${script}; }` },
  }),
);
