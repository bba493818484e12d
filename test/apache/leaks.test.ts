/** Apache, and what a client is told of failures. */
import { join } from 'node:path';
import { inRepository } from '../../scripts/lib/paths.mjs';
import { deaths, leakCases, writeFailing } from '../servers/leaks';
import { alias, app, useApache } from './apache';

const script = app('leaks.mjs');

const site = useApache((folder) => {
  const failing = writeFailing(folder);
  const framework = join(failing, 'framework.mjs');
  const dying = deaths.map((name) =>
    alias(`/${name}`, `${script} group=${name}`, 'TSGIStallTimeout 1\nTSGIMemoryLimit 64m'),
  );
  return {
    conf: {
      main: 'TSGIMaxApplications 64',
      server: `
        TSGIModulePath ${inRepository('node_modules')}
        ${alias('/app', script)}
        ${alias('/late', script, 'TSGIRequestTimeout 500ms')}
        ${alias('/limited', script, 'LimitRequestBody 10\nTSGIRequestBuffering On')}
        ${dying.join('\n')}
        TSGIScriptAlias /failing/ ${failing}
        ${alias('/framework', framework)}
        ${alias('/production', `${framework} group=production`, 'TSGISetProcessEnv NODE_ENV production')}`,
    },
  };
});

leakCases(site, { logs: [/\[core:error\]/] });
