/** Uploads to nginx on the wire. */
import { uploadCases } from '../servers/uploads';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('bodies.mjs')}`;

const site = useNginx(() => ({
  conf: {
    server: `
      client_max_body_size 64m;
      location /buffered { ${pass}; }
      location /streamed { tsgi_request_buffering off; ${pass}; }
      location /impatient { tsgi_request_buffering off; client_body_timeout 100ms; ${pass}; }
      location /impatient-buffered { client_body_timeout 100ms; ${pass}; }
      location /small { client_max_body_size 10; ${pass}; }`,
  },
}));

uploadCases(site, {
  tooLarge: [/client intended to send too large body/],
  impatient: [
    { what: 'client_body_timeout', mount: '/impatient', answer: '408 TSGI_CLIENT_GONE' },
    { what: 'client_body_timeout', mount: '/impatient-buffered' },
  ],
});
