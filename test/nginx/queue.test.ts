/** Applications of nginx that are busy when more requests come. */
import { gateOf, mounts, queueCases, type Limits } from '../servers/queue';
import { app, useNginx } from './nginx';

const location = (folder: string, [path, { size, timeout, page, gate }]: [string, Limits]) => `
  location ${path} {
    ${size === undefined ? '' : `tsgi_queue_size ${size};`}
    ${timeout === undefined ? '' : `tsgi_queue_timeout ${timeout === 'off' ? timeout : `${timeout}ms`};`}
    ${page === undefined ? '' : `error_page 503 ${page};`}
    ${gate === true ? `tsgi_env GATE=${gateOf(folder)};` : ''}
    tsgi_preload off;
    tsgi_stall_timeout 0;
    tsgi_pass ${app('queue.mjs')} group=${path.slice(1)};
  }`;

queueCases(
  useNginx((folder) => ({
    conf: {
      server: Object.entries(mounts)
        .map((mount) => location(folder, mount))
        .join(''),
    },
  })),
);
