/** tsgi.file_wrapper: files that httpd sends by itself. */
import { fileCases, writeFiles } from '../servers/files';
import { alias, app, useApache } from './apache';

const script = app('responses.mjs');

fileCases(
  useApache((folder) => {
    writeFiles(folder);
    return {
      modules: ['deflate', 'filter'],
      conf: {
        server: `
          ${alias('/sent', script, 'EnableSendfile on')}
          ${alias('/read', script, 'EnableSendfile off')}
          ${alias('/by-hand', script, 'EnableSendfile on\nTSGIEnableSendfile off')}
          ${alias('/zipped', script, 'SetOutputFilter DEFLATE')}`,
      },
    };
  }),
  { beyond: [] }, // httpd tells no size with 416
);
