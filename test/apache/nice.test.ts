/** How threads share processors with httpd's. */
import { niceCases } from '../servers/nice';
import { alias, app, useApache } from './apache';

const server = alias('/app', app('mortal.mjs'));

niceCases(
  useApache(() => ({ conf: { server } })),
  3,
);
niceCases(
  useApache(() => ({ conf: { server, main: 'TSGINice 10' } })),
  10,
);
