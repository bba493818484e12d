/** A slow reader of nginx holds the application. */
import { backpressureCases } from '../servers/backpressure';
import { app, useNginx } from './nginx';

backpressureCases(
  useNginx(() => ({
    conf: {
      server: `
        location /app { tsgi_pass ${app('responses.mjs')}; }
        location /narrow { tsgi_buffer_size 4k; tsgi_pass ${app('responses.mjs')}; }`,
    },
  })),
);
