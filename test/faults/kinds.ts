/** What is nginx's own in the faults, and what Apache's. */
import { startApache } from '../../scripts/lib/apache-server.mjs';
import { startNginx } from '../../scripts/lib/nginx-server.mjs';
import * as apacheSite from '../apache/apache';
import * as nginxSite from '../nginx/nginx';
import type { Kind, Mount } from './stand';

const location = ([path, { script, group, set = {} }]: [string, Mount]) => `
  location ${path} {
    ${Object.entries({ preload: 'off', ...set })
      .map(([name, value]) => `tsgi_${name} ${value};`)
      .join(' ')}
    tsgi_pass ${script} group=${group ?? path.slice(1)};
  }`;

export const nginx: Kind = {
  target: 'nginx',
  leave: 'SIGQUIT',
  killed: /worker process \d+ exited on signal 9/,
  words: {
    brokenOff: /TSGI2024 /,
    spool: /\[crit\] .*(pwrite|pwritev|open)\(\) .*client_body.* failed \((28|24): /,
    late: /TSGI2028 /,
    descriptors: /\(24: Too many open files\)/,
    start: /TSGI201[0-3] /,
    open: /TSGI2021 /,
    memory: /TSGI2027 |failed \(12: Cannot allocate memory\)/,
  },
  faultsOf: nginxSite.faultsOf,
  start: (mounts, how, env) =>
    startNginx({
      ...how,
      env,
      conf: {
        http: 'keepalive_timeout 60s; client_max_body_size 8m;',
        server: `
          location = /static { return 200 static; }
          ${Object.entries(mounts).map(location).join('')}`,
      },
    }),
};

/** `request_timeout` becomes TSGIRequestTimeout. */
const directive = (name: string) =>
  `TSGI${name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}`;

const alias = ([path, { script, group, set = {} }]: [string, Mount]) => `
  TSGIScriptAlias ${path} ${script} group=${group ?? path.slice(1)}
  <Location ${path}>
    ${Object.entries(set)
      .map(([name, value]) => `${directive(name)} ${value}`)
      .join('\n')}
  </Location>`;

export const apache: Kind = {
  target: 'apache',
  leave: 'SIGWINCH',
  killed: /AH00051|AH00052/,
  words: {
    brokenOff: /TSGI4024 /,
    spool: /TSGI4025 /,
    late: /TSGI4029 /,
    descriptors: /TSGI4013 /,
    start: /TSGI401[0-3] /,
    open: /TSGI4021 /,
    memory: /TSGI4027 /,
  },
  faultsOf: apacheSite.faultsOf,
  start: (mounts, how, env) =>
    startApache({
      ...how,
      env,
      modules: ['alias'],
      conf: {
        main: 'KeepAliveTimeout 60\n',
        server: `
          RedirectMatch 204 ^/static$
          ${Object.entries(mounts).map(alias).join('')}`,
      },
    }),
};
