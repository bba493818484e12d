/** Applications of nginx that take their time to come up. */
import { scriptOf, slow, startsWith, startupCases, TIMEOUT } from '../servers/startup';
import { useNginx } from './nginx';

startupCases(
  useNginx((folder) => ({
    startsWith,
    conf: {
      server: Object.entries(slow)
        .map(
          ([mount, { preload = false, stall }]) => `
            location ${mount} {
              tsgi_startup_timeout ${TIMEOUT}ms;
              ${stall === undefined ? '' : `tsgi_stall_timeout ${stall}ms;`}
              tsgi_preload ${preload ? 'on' : 'off'};
              tsgi_pass ${scriptOf(mount, folder)} group=${mount.slice(1)};
            }`,
        )
        .join(''),
    },
  })),
);
