/** Apache, and what clients and applications pretend. */
import { freePort } from '../../scripts/lib/port.mjs';
import { spoofingCases } from '../servers/spoofing';
import { alias, app, useApache, virtualHost } from './apache';

const ports = { odd: 0 };
const served = alias('/spoof', `${app('spoofing.mjs')} group=one`);

const site = useApache(async () => {
  ports.odd = await freePort();
  return { modules: ['unique_id'], conf: { main: virtualHost(ports.odd, served), server: served } };
});

spoofingCases(site, ports, { absolute: { HTTP_HOST: 'elsewhere.test', SERVER_NAME: 'elsewhere.test' } });
