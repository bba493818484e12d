/** CommonJS by the nearest package.json. */
const { basename } = require('node:path'); // eslint-disable-line @typescript-eslint/no-require-imports

exports.application = (_environ, startResponse) => {
  startResponse('200 OK', []);
  return [`commonjs ${basename(__filename)} ${typeof require.resolve}`];
};
