/** The module itself is the application. */
module.exports = (_environ, startResponse) => {
  startResponse('200 OK', []);
  return ['module.exports'];
};
