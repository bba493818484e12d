/** Applications of nginx that do what no server should die of. */
import { mounts, scriptOf, survivalCases, type Limits } from '../servers/survival';
import { useNginx } from './nginx';

const location = (folder: string, [path, { stall, memory }]: [string, Limits]) => `
  location ${path} {
    ${stall === undefined ? '' : `tsgi_stall_timeout ${stall}ms;`}
    ${memory === undefined ? '' : `tsgi_memory_limit ${memory}m;`}
    tsgi_preload off;
    tsgi_pass ${scriptOf(path, folder)} group=${path.slice(1)};
  }`;

survivalCases(
  useNginx((folder) => ({
    conf: {
      http: 'tsgi_max_applications 64;',
      server: Object.entries(mounts)
        .map((mount) => location(folder, mount))
        .join(''),
    },
  })),
);
