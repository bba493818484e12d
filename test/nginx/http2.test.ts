/** HTTP/2 between client and nginx. */
import { http2Cases, useHttp2 } from '../servers/http2';
import { http2SpoofingCases } from '../servers/spoofing';
import { app, useNginx } from './nginx';

const site = useNginx(() => ({
  listenOptions: 'http2',
  startsWith: [/the "listen \.\.\. http2" directive is deprecated/], // since 1.25.1, and the only one before
  conf: {
    server: `
      client_max_body_size 64m;
      http2_max_concurrent_streams 200;
      location /app { tsgi_pass ${app('responses.mjs')}; }
      location /environ { tsgi_pass ${app('environ.mjs')}; }
      location /spoof { tsgi_pass ${app('spoofing.mjs')}; }
      location /bodies { tsgi_pass ${app('bodies.mjs')}; }
      location /streamed { tsgi_request_buffering off; tsgi_pass ${app('bodies.mjs')}; }
      location /small { client_max_body_size 10; tsgi_request_buffering off; tsgi_pass ${app('bodies.mjs')}; }`,
  },
}));

const client = useHttp2(site);

http2Cases(site, client, { tooLarge: [/client intended to send too large chunked body/] });

// nginx puts what it refuses into its log as it came, breaks and all.
http2SpoofingCases(site, client, { logs: [/while reading client request headers/, /^(x-injected: 1)?\r$/] });
