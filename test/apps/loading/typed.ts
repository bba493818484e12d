import type { Application } from '../../../src/spec/index';

const application: Application = (_environ, startResponse) => {
  startResponse('200 OK', []);
  return ['typed commonjs' as string];
};

module.exports = { application };
