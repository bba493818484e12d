/** nginx with limits of its own that V8 cannot live with. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { confinedCases } from '../servers/confines';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('lethal.mjs')}`;

confinedCases({
  tag: 'TSGI2012',
  site: ({ under, nodeOptions, startsWith }) =>
    useNginx((folder) => {
      writeFileSync(join(folder, 'file'), 'a file');
      return {
        ...{ under, startsWith },
        conf: {
          http: nodeOptions === undefined ? '' : `tsgi_node_options ${nodeOptions};`,
          server: `
            location /small { tsgi_memory_limit 64m; ${pass} group=small; }
            location /large { tsgi_preload off; tsgi_memory_limit 1g; ${pass} group=large; }
            location /file { root ${folder}; }`,
        },
      };
    }),
});
