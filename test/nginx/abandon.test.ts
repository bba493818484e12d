/** Applications of nginx whose thread blocks outside of JavaScript. */
import { startNginx } from '../../scripts/lib/nginx-server.mjs';
import { abandonCases, mounts, script } from '../servers/abandon';
import { useLives } from '../servers/lives';
import { faultsOf } from './nginx';

const location = (mount: string) => `
  location ${mount} { tsgi_stall_timeout 1s; tsgi_preload off; tsgi_pass ${script} group=${mount.slice(1)}; }`;

const lives = useLives({
  start: startNginx,
  faultsOf,
  living: () => ({ conf: { server: mounts.map(location).join('') } }),
});

abandonCases(lives, {
  broken: /TSGI2024 /,
  retires: /TSGI2014 the worker process finishes its requests and leaves/,
});
