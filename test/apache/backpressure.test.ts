/** A slow reader of Apache holds the application. */
import { backpressureCases } from '../servers/backpressure';
import { alias, app, useApache } from './apache';

backpressureCases(
  useApache(() => ({
    conf: {
      server: `
        ${alias('/app', app('responses.mjs'))}
        ${alias('/narrow', `${app('responses.mjs')} group=narrow`, 'TSGIBufferSize 4k')}`,
    },
  })),
);
