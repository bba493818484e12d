/** Isolates of nginx's workers come and go. */
import { lives, openFolder, recyclingCases, type Life } from '../servers/recycling';
import { app, useNginx } from './nginx';

const location = (open: string, [path, life]: [string, Life]) => `
  location ${path} {
    ${life.requests === undefined ? '' : `tsgi_max_requests ${life.requests};`}
    ${life.age === undefined ? '' : `tsgi_max_age ${life.age}ms;`}
    ${life.idle === undefined ? '' : `tsgi_idle_timeout ${life.idle}ms;`}
    ${life.graceful === undefined ? '' : `tsgi_graceful_timeout ${life.graceful}ms;`}
    ${life.threads === undefined ? '' : `tsgi_threads ${life.threads};`}
    ${life.warmUp === undefined ? '' : `tsgi_warmup ${life.warmUp};`}
    tsgi_env OPEN=${open};
    tsgi_env MOUNT=${path.slice(1)};
    tsgi_preload off;
    tsgi_pass ${app('generation.mjs')} group=${path.slice(1)};
  }`;

recyclingCases(
  useNginx((folder) => ({
    conf: {
      http: 'tsgi_max_applications 64;',
      server: Object.entries(lives)
        .map((life) => location(openFolder(folder), life))
        .join(''),
    },
  })),
);
