/** What applications print goes to Apache's error logs, under the name of the module. */
import { join } from 'node:path';
import { freePort } from '../../scripts/lib/port.mjs';
import { loggingCases } from '../servers/logging';
import { alias, app, useApache, virtualHost } from './apache';

const script = `${app('prints.mjs')} group=both`;
let otherPort = 0;

const site = useApache(async (folder) => {
  otherPort = await freePort();
  return {
    startsWith: [/said while it was loaded/],
    conf: {
      main: virtualHost(
        otherPort,
        `ServerName other
        ErrorLog ${join(folder, 'other.log')}
        TSGIScriptAlias / ${script}
        TSGIImportScript ${script}`,
      ),
      server: `
        ErrorLog ${join(folder, 'first.log')}
        ${alias('/app', script)}
        ${alias('/quiet', script, 'LogLevel tsgi:crit')}`,
    },
  };
});

const line = String.raw`\[tsgi:error\] \[pid \d+:tid \d+\] \[client 127\.0\.0\.1:\d+\] `;

loggingCases(site, {
  otherPort: () => otherPort,
  idIn: (text) => /request id: (\S+)$/.exec(text)?.[1],
  lines: {
    any: /^\[/,
    first: new RegExp(`${line}for the`),
    other: new RegExp(`${line}for the`),
    later: (n) => new RegExp(`${line}${n} after waiting, request id: `),
  },
});
