/** Apache, and where one request ends and the next begins. */
import { smugglingCases } from '../servers/smuggling';
import { alias, app, useApache } from './apache';

const script = app('frames.mjs');

const site = useApache(() => ({
  conf: {
    server: `
      ${alias('/streamed', script)}
      ${alias('/buffered', script, 'TSGIRequestBuffering On')}`,
  },
}));

smugglingCases(site, { logs: [] });
