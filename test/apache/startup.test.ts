/** Applications of Apache that take their time to come up. */
import { scriptOf, slow, startsWith, startupCases, TIMEOUT } from '../servers/startup';
import { useApache } from './apache';

startupCases(
  useApache((folder) => ({
    startsWith,
    conf: {
      server: `
        TSGIStartupTimeout ${TIMEOUT}ms
        ${Object.entries(slow)
          .map(([mount, { preload = false, stall }]) => {
            const script = `${scriptOf(mount, folder)} group=${mount.slice(1)}`;
            const own = stall === undefined ? '' : `<Location ${mount}>\nTSGIStallTimeout ${stall}ms\n</Location>\n`;
            return `TSGIScriptAlias ${mount} ${script}\n${own}${preload ? `TSGIImportScript ${script}\n` : ''}`;
          })
          .join('')}`,
    },
  })),
);
