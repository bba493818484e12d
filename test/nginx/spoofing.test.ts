/** nginx, and what clients and applications pretend. */
import { freePort } from '../../scripts/lib/port.mjs';
import { spoofingCases } from '../servers/spoofing';
import { app, useNginx } from './nginx';

const ports = { odd: 0 };
const location = `location /spoof { tsgi_pass ${app('spoofing.mjs')} group=one; }`;

const site = useNginx(async () => {
  ports.odd = await freePort();
  return {
    conf: {
      server: location,
      http: `server {
        listen 127.0.0.1:${ports.odd};
        underscores_in_headers on;
        ignore_invalid_headers off;
        ${location}
      }`,
    },
  };
});

spoofingCases(site, ports, { absolute: { HTTP_HOST: 'elsewhere.test', SERVER_NAME: 'localhost' } });
