import { basename } from 'node:path';

export default (_environ, startResponse) => {
  startResponse('200 OK', []);
  return [`module ${basename(import.meta.url)}`];
};
