/** Applications of Apache whose thread blocks outside of JavaScript. */
import { describe } from 'vitest';
import { startApache, type ApacheOptions } from '../../scripts/lib/apache-server.mjs';
import { abandonCases, leaveCases, mounts, retireCases, script, visitCases } from '../servers/abandon';
import { useLives } from '../servers/lives';
import { alias, faultsOf } from './apache';

const words = {
  broken: /TSGI4024 /,
  retires: /TSGI4014 the child process takes no more connections/,
};

const conf = (inline: 'On' | 'Off') => ({
  main: `TSGIInline ${inline}`,
  server: mounts.map((mount) => alias(mount, `${script} group=${mount.slice(1)}`, 'TSGIStallTimeout 1s')).join(''),
});

const lives = useLives({
  // One child, so that it is known which one serves.
  start: (options: ApacheOptions) => startApache({ workers: 1, ...options }),
  faultsOf,
  living: () => ({ conf: conf('Off') }),
});

abandonCases(lives, words);

describe.each(['worker', 'prefork'] as const)('%s', (mpm) => {
  retireCases(lives, { ...words, other: [/AH00161/] }, { mpm });
});

describe('TSGIInline On', () => {
  visitCases(lives, { conf: conf('On') });
  leaveCases(lives, { ...words, other: [/AH00288/] }, { mpm: 'worker', conf: conf('On') }, 'apache2');
});
