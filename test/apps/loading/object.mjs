/** Python's callable object: `handle` is called as a method. */
class Site {
  #greeting = 'private';

  handle(_environ, startResponse) {
    startResponse('200 OK', []);
    return [this.#greeting];
  }
}

export const application = new Site();
export default { handle: () => ['not this one'] };
