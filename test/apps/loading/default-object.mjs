export default {
  words: 'default object',
  handle(_environ, startResponse) {
    startResponse('200 OK', []);
    return [this.words];
  },
};
