/** Applications of Apache that do what no server should die of. */
import { mounts, scriptOf, survivalCases, type Limits } from '../servers/survival';
import { useApache } from './apache';

const location = (folder: string, [path, { stall, memory }]: [string, Limits]) => `
  TSGIScriptAlias ${path} ${scriptOf(path, folder)} group=${path.slice(1)}
  <Location ${path}>
    ${stall === undefined ? '' : `TSGIStallTimeout ${stall}ms`}
    ${memory === undefined ? '' : `TSGIMemoryLimit ${memory}m`}
  </Location>`;

survivalCases(
  useApache((folder) => ({
    conf: {
      main: 'TSGIMaxApplications 64',
      server: Object.entries(mounts)
        .map((mount) => location(folder, mount))
        .join(''),
    },
  })),
);
