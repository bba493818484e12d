/** Isolates of Apache's children come and go. */
import { lives, openFolder, recyclingCases, type Life } from '../servers/recycling';
import { alias, app, useApache } from './apache';

const location = (open: string, [path, life]: [string, Life]) =>
  alias(
    path,
    `${app('generation.mjs')} group=${path.slice(1)}`,
    `
    ${life.requests === undefined ? '' : `TSGIMaximumRequests ${life.requests}`}
    ${life.age === undefined ? '' : `TSGIMaximumAge ${life.age}ms`}
    ${life.idle === undefined ? '' : `TSGIIdleTimeout ${life.idle}ms`}
    ${life.graceful === undefined ? '' : `TSGIGracefulTimeout ${life.graceful}ms`}
    ${life.threads === undefined ? '' : `TSGIThreads ${life.threads}`}
    ${life.warmUp === undefined ? '' : `TSGIWarmup ${life.warmUp}`}
    TSGISetProcessEnv OPEN ${open}
    TSGISetProcessEnv MOUNT ${path.slice(1)}`,
  );

recyclingCases(
  useApache((folder) => ({
    conf: {
      main: 'TSGIMaxApplications 64',
      server: Object.entries(lives)
        .map((life) => location(openFolder(folder), life))
        .join(''),
    },
  })),
);
