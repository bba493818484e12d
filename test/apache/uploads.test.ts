/** Uploads to Apache on the wire. */
import { freePort } from '../../scripts/lib/port.mjs';
import { uploadCases, type Impatience } from '../servers/uploads';
import { alias, app, useApache, virtualHost } from './apache';

const script = app('bodies.mjs');
const ports = { timeout: 0, reqtimeout: 0 };

const site = useApache(async () => {
  Object.assign(ports, { timeout: await freePort(), reqtimeout: await freePort() });
  const aliases = `
    ${alias('/buffered', script, 'TSGIRequestBuffering on')}
    ${alias('/streamed', script)}`;
  return {
    modules: ['reqtimeout'],
    conf: {
      main: `
        RequestReadTimeout header=0 body=0
        ${virtualHost(ports.timeout, `Timeout 1\n${aliases}`)}
        ${virtualHost(ports.reqtimeout, `RequestReadTimeout header=0 body=1\n${aliases}`)}`,
      server: `
        ${aliases}
        ${alias('/small', script, 'LimitRequestBody 10')}`,
    },
  };
});

const impatient = (what: string, port: () => number): Impatience[] => [
  { what, port, mount: '/streamed', answer: '408 TSGI_CLIENT_GONE' },
  { what, port, mount: '/buffered', answer: '408 Request Timeout' },
];

uploadCases(site, {
  tooLarge: [],
  impatient: [...impatient('Timeout', () => ports.timeout), ...impatient('mod_reqtimeout', () => ports.reqtimeout)],
});
