/** HTTP/2 between client and httpd. */
import { earlyHintCases, http2Cases, useHttp2 } from '../servers/http2';
import { http2SpoofingCases } from '../servers/spoofing';
import { alias, app, useApache } from './apache';

const site = useApache(() => ({
  modules: ['http2'],
  threads: 128,
  conf: {
    main: 'Protocols h2c http/1.1\nH2MaxWorkers 128\nH2MaxSessionStreams 200\nH2EarlyHints on',
    server: `
      ${alias('/app', app('responses.mjs'))}
      ${alias('/environ', app('environ.mjs'))}
      ${alias('/spoof', app('spoofing.mjs'))}
      ${alias('/bodies', app('bodies.mjs'), 'TSGIRequestBuffering on')}
      ${alias('/streamed', app('bodies.mjs'))}
      ${alias('/small', app('bodies.mjs'), 'LimitRequestBody 10')}`,
  },
}));

const client = useHttp2(site);

http2Cases(site, client, { tooLarge: [] });

earlyHintCases(client);

http2SpoofingCases(site, client, { logs: [] });
