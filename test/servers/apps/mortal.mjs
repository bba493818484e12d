/** Ends its environment in the ways there are. */
import { stage } from '../../apps/stage.mjs';

const id = String(Math.random());

export const application = stage({
  id(_environ, startResponse) {
    startResponse('200 OK', []);
    return [id];
  },

  stream(_environ, startResponse) {
    startResponse('200 OK', []);
    return (async function* () {
      yield id;
      await new Promise(() => {});
    })();
  },

  wait() {
    return new Promise(() => {});
  },

  exit() {
    process.exit(3);
  },

  'exit-later'() {
    setTimeout(() => process.exit(), 1);
    return new Promise(() => {});
  },

  'throw-later'() {
    setTimeout(() => {
      throw new Error('the secret reason');
    }, 1);
    return new Promise(() => {});
  },

  reject() {
    void Promise.reject(new Error('the secret reason'));
    return new Promise(() => {});
  },

  busy(_environ, startResponse) {
    const end = Date.now() + 1000;
    while (Date.now() < end);
    startResponse('200 OK', []);
    return ['done'];
  },
});
