/** Responses of nginx that end before their time. */
import { startNginx } from '../../scripts/lib/nginx-server.mjs';
import { freePort } from '../../scripts/lib/port.mjs';
import { LIMITS, endingCases, mounts } from '../servers/endings';
import { app, useNginx } from './nginx';

let http2Port = 0;

const location = (path: string) => `
  location ${path} {
    ${path === '/timeout' ? `tsgi_request_timeout ${LIMITS.timeout}ms;` : ''}
    tsgi_stall_timeout ${LIMITS.stall}ms;
    tsgi_memory_limit ${LIMITS.memory}m;
    tsgi_request_buffering off;
    tsgi_pass ${app('endings.mjs')} group=${path.slice(1)};
  }`;

const optionsFor = (port: number) => ({
  conf: { server: `listen 127.0.0.1:${port} http2;\n${mounts.map(location).join('')}` },
});

const site = useNginx(async () => optionsFor((http2Port = await freePort())));

endingCases(site, {
  target: () => ({ server: site.server, http2Port, leave: 'SIGQUIT' }),
  startMortal: async () => {
    const port = await freePort();
    return { server: await startNginx(optionsFor(port)), http2Port: port, leave: 'SIGQUIT' };
  },
  truncated: [/pread\(\) read only 0 of \d+ from/],
  late: /TSGI2028 /,
});
