/** Apache with limits of its own that V8 cannot live with. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { confinedCases } from '../servers/confines';
import { alias, app, useApache } from './apache';

const script = app('lethal.mjs');

confinedCases({
  tag: 'TSGI4012',
  site: ({ under, nodeOptions, startsWith }) =>
    useApache((folder) => {
      writeFileSync(join(folder, 'file'), 'a file');
      return {
        ...{ under, startsWith, threads: 4 },
        modules: ['alias'],
        conf: {
          main: nodeOptions === undefined ? '' : `TSGINodeOptions ${nodeOptions}`,
          server: `
            ${alias('/small', `${script} group=small`, 'TSGIMemoryLimit 64m')}
            ${alias('/large', `${script} group=large`, 'TSGIMemoryLimit 1g')}
            Alias /file ${join(folder, 'file')}`,
        },
      };
    }),
});
