/** Responses of Apache that end before their time. */
import { startApache } from '../../scripts/lib/apache-server.mjs';
import { LIMITS, endingCases, mounts } from '../servers/endings';
import { alias, app, useApache } from './apache';

const limits = (path: string) => `
  ${path === '/timeout' ? `TSGIRequestTimeout ${LIMITS.timeout}ms` : ''}
  TSGIStallTimeout ${LIMITS.stall}ms
  TSGIMemoryLimit ${LIMITS.memory}m`;

const options = {
  modules: ['http2'],
  threads: 128,
  conf: {
    main: 'Protocols h2c http/1.1\nH2MaxWorkers 128\nH2EarlyHints on',
    server: mounts.map((path) => alias(path, `${app('endings.mjs')} group=${path.slice(1)}`, limits(path))).join(''),
  },
};

const site = useApache(() => options);

endingCases(site, {
  target: () => ({ server: site.server, http2Port: site.port, leave: 'SIGWINCH' }),
  startMortal: async () => {
    const server = await startApache(options);
    return { server, http2Port: server.port, leave: 'SIGWINCH' };
  },
  truncated: [],
  late: /TSGI4029 /,
});
