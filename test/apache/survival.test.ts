/** Applications of Apache that do what no server should die of. */
import { lethal, mounts, survivalCases, type Limits } from '../servers/survival';
import { useApache } from './apache';

const location = ([path, { stall, memory }]: [string, Limits]) => `
  TSGIScriptAlias ${path} ${lethal} group=${path.slice(1)}
  <Location ${path}>
    ${stall === undefined ? '' : `TSGIStallTimeout ${stall}ms`}
    ${memory === undefined ? '' : `TSGIMemoryLimit ${memory}m`}
  </Location>`;

survivalCases(
  useApache(() => ({
    conf: { main: 'TSGIMaxApplications 64', server: Object.entries(mounts).map(location).join('') },
  })),
);
