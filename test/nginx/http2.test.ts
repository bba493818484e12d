/** HTTP/2 between client and nginx. */
import { http2Cases, useHttp2 } from '../servers/http2';
import { app, useNginx } from './nginx';

const site = useNginx(() => ({
  listenOptions: 'http2',
  conf: {
    server: `
      client_max_body_size 64m;
      http2_max_concurrent_streams 200;
      location /app { tsgi_pass ${app('responses.mjs')}; }
      location /environ { tsgi_pass ${app('environ.mjs')}; }
      location /bodies { tsgi_pass ${app('bodies.mjs')}; }
      location /streamed { tsgi_request_buffering off; tsgi_pass ${app('bodies.mjs')}; }
      location /small { client_max_body_size 10; tsgi_request_buffering off; tsgi_pass ${app('bodies.mjs')}; }`,
  },
}));

http2Cases(site, useHttp2(site), { tooLarge: [/client intended to send too large chunked body/] });
