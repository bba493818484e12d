import type { Application } from 'tsgi';

const megabyte = Buffer.alloc(1024 * 1024, 'TSGI');

export const application: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/octet-stream']]);
  return [megabyte];
};
