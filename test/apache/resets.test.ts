/** A response of Apache that breaks off looks broken to its client. */
import { freePort } from '../../scripts/lib/port.mjs';
import { resetCases } from '../servers/resets';
import { TLS_MODULES, TLS_WARNING, alias, app, tls, useApache, virtualHost } from './apache';

const script = `${app('responses.mjs')} group=one`;
let tlsPort = 0;

const site = useApache(async (folder) => {
  tlsPort = await freePort();
  return {
    startsWith: [TLS_WARNING],
    modules: [...TLS_MODULES, 'deflate', 'filter', 'ratelimit', 'substitute'],
    conf: {
      main: virtualHost(tlsPort, `${tls(folder)}\n${alias('/app', script)}`),
      server: `
        ${alias('/app', script)}
        ${alias('/zipped', script, 'SetOutputFilter DEFLATE')}
        ${alias('/slow', script, 'SetOutputFilter RATE_LIMIT\nSetEnv rate-limit 1000')}
        ${alias('/replaced', script, 'SetOutputFilter SUBSTITUTE\nSubstitute s/first/1st/')}`,
    },
  };
});

resetCases(site, { tlsPort: () => tlsPort });
