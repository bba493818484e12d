/** tsgi.file_wrapper: files that nginx sends by itself. */
import { SIZE, fileCases, writeFiles } from '../servers/files';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('responses.mjs')}`;

fileCases(
  useNginx((folder) => {
    writeFiles(folder);
    return {
      conf: {
        server: `
          location /sent { sendfile on; ${pass}; }
          location /read { sendfile off; ${pass}; }
          location /by-hand { sendfile on; tsgi_sendfile off; ${pass}; }
          location /zipped { gzip on; gzip_types *; ${pass}; }`,
      },
    };
  }),
  { beyond: [`bytes */${SIZE}`] },
);
