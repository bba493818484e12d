/** Applications of Apache that are busy when more requests come. */
import { app } from '../servers/app';
import { gateOf, mounts, queueCases, type Limits } from '../servers/queue';
import { useApache } from './apache';

const location = (folder: string, [path, { size, timeout, page, gate }]: [string, Limits]) => `
  TSGIScriptAlias ${path} ${app('queue.mjs')} group=${path.slice(1)}
  <Location ${path}>
    ${size === undefined ? '' : `TSGIQueueSize ${size}`}
    ${timeout === undefined ? '' : `TSGIQueueTimeout ${timeout === 'off' ? timeout : `${timeout}ms`}`}
    ${page === undefined ? '' : `ErrorDocument 503 ${page}`}
    ${gate === true ? `TSGISetProcessEnv GATE ${gateOf(folder)}` : ''}
    TSGIStallTimeout 0
  </Location>`;

queueCases(
  useApache((folder) => ({
    conf: {
      server: Object.entries(mounts)
        .map((mount) => location(folder, mount))
        .join(''),
    },
  })),
);
