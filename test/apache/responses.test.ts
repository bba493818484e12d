/** Responses of Apache as they are on the wire. */
import { earlyHintCases, responseCases } from '../servers/responses';
import { alias, app, useApache } from './apache';

const script = app('responses.mjs');

const site = useApache(() => ({
  modules: ['alias', 'ratelimit'],
  conf: {
    server: `
      ${alias('/app', script)}
      ${alias('/slow', script, 'SetOutputFilter RATE_LIMIT\nSetEnv rate-limit 200')}
      Alias /handled ${script}
      <Location /handled>
        Options +ExecCGI
        SetHandler tsgi-script
      </Location>`,
  },
}));

responseCases(site, {
  page: /<h1>Internal Server Error/,
  vary: ['Cookie,Accept'], // httpd makes one of all
  untyped: ['/app', '/handled'], // not that of the script
});

earlyHintCases(site);
