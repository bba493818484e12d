/** Applications of Apache that take their time. */
import { app } from '../servers/app';
import { TIMEOUT, timeoutCases } from '../servers/timeouts';
import { useApache } from './apache';

timeoutCases(
  useApache(() => ({
    conf: {
      server: `
        TSGIScriptAlias /late ${app('late.mjs')}
        TSGIScriptAlias /patient ${app('late.mjs')} group=patient
        <Location /late>
          TSGIRequestTimeout ${TIMEOUT}ms
        </Location>
        <Location /patient>
          TSGIRequestTimeout 0
        </Location>`,
    },
  })),
  { late: /TSGI4029 the application did not begin its response within 600 ms/ },
);
