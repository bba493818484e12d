// @ts-nocheck: breaking the types is what some of these scenes are for.
/** Scenes about `write`. */
import { failureOf, stage, told } from './stage.mjs';

let unhandled = 0;
process.on('unhandledRejection', () => {
  unhandled++;
});

export const application = stage({
  order(_environ, startResponse) {
    const write = startResponse('200 OK', []);
    write('one,');
    write(Buffer.from('two,'));
    write(new Uint8Array([0x33, 0x2c]));
    return ['four', ',five'];
  },

  async awaited(_environ, startResponse, { note }) {
    const write = startResponse('200 OK', []);
    note(await write('one,'));
    note(await write('two'));
    return null;
  },

  only(_environ, startResponse) {
    void startResponse('200 OK', [])('all of it');
  },

  utf8(_environ, startResponse) {
    const write = startResponse('200 OK', []);
    write('h\u00e9llo \u20ac \u{1f600} ');
    write('\ud800');
    write('|\udc00');
    return [];
  },

  empty(_environ, startResponse) {
    const write = startResponse('200 OK', [['X-First', 'yes']]);
    write('');
    write(new Uint8Array(0));
    startResponse('500 Still Possible', [], new Error('empty chunks commit nothing'));
    return ['body'];
  },

  /** Chunks come out before the application goes on. */
  async flushed(_environ, startResponse, { gate }) {
    const write = startResponse('200 OK', [['Content-Type', 'text/plain']]);
    write('first');
    await gate('second');
    write('second');
    await gate('third');
    return ['third'];
  },

  late(_environ, startResponse, { note }) {
    const write = startResponse('200 OK', []);
    return (function* () {
      try {
        write('too late');
        note('accepted');
      } catch (error) {
        note(told(error));
      }
      yield 'body';
    })();
  },

  'late-uncaught'(_environ, startResponse) {
    const write = startResponse('200 OK', []);
    return (function* () {
      write('too late');
      yield 'body';
    })();
  },

  async between(_environ, startResponse) {
    const write = startResponse('200 OK', []);
    const body = (async function* () {
      yield 'body';
    })();
    await write('before the body was returned,');
    return body;
  },

  'not-a-chunk'(_environ, startResponse, { note }) {
    const write = startResponse('200 OK', []);
    for (const chunk of [
      1,
      null,
      undefined,
      {},
      [],
      ['text'],
      new ArrayBuffer(1),
      new Uint16Array(1),
      new DataView(new ArrayBuffer(1)),
      Promise.resolve('text'),
      true,
    ]) {
      try {
        void Promise.resolve(write(chunk)).catch((error) => note(told(error)));
        note('accepted');
      } catch (error) {
        note(told(error));
      }
    }
    return ['body'];
  },

  'not-a-chunk-uncaught'(_environ, startResponse) {
    startResponse('200 OK', [])(17);
    return ['body'];
  },

  /** More than the limit without ever waiting. */
  limit(_environ, startResponse, { note }) {
    const write = startResponse('200 OK', []);
    const block = Buffer.alloc(1 << 20, 'x');
    for (let index = 0; index < 200; index++) {
      try {
        void write(block);
      } catch (error) {
        note(told(error));
        note(index > 2);
        return [];
      }
    }
    note('accepted');
    return [];
  },

  /** As much, but waiting. */
  async patient(_environ, startResponse) {
    const write = startResponse('200 OK', []);
    const block = Buffer.alloc(1 << 20, 'x');
    for (let index = 0; index < 24; index++) {
      await write(block);
    }
    return [];
  },

  async resolves(_environ, startResponse, { note }) {
    const write = startResponse('200 OK', []);
    note('begun');
    await write(Buffer.alloc(48 << 20, 'x'));
    note('inside the window');
    return [];
  },

  /** The client leaves while writes wait: their promises reject, ignored or not. */
  async abandoned(environ, startResponse, { note }) {
    const before = unhandled;
    const write = startResponse('200 OK', []);
    void write('begun');
    const waiting = [];
    for (let index = 0; index < 8; index++) {
      const promise = write(Buffer.alloc(4 << 20, 'x'));
      if (index === 7) {
        waiting.push(promise);
      }
    }
    note('waiting');
    note(await failureOf(() => waiting[0]));
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    note({ unhandled: unhandled - before });
    return [];
  },

  expired(_environ, startResponse, { note, gate }) {
    const before = unhandled;
    const write = startResponse('200 OK', []);
    void gate('later').then(async () => {
      write('ignored');
      note(await failureOf(() => write('late')));
      await new Promise((resolve) => setImmediate(resolve));
      note({ unhandled: unhandled - before });
    });
    return ['answered'];
  },

  /** The application fails after it wrote. */
  async 'write-then-throw'(_environ, startResponse) {
    const write = startResponse('200 OK', []);
    await write('begun');
    throw new Error('the secret reason');
  },

  /** One buffer, used again as soon as that is allowed. */
  async reused(_environ, startResponse) {
    const write = startResponse('200 OK', []);
    const block = Buffer.alloc(100_000);
    for (let index = 0; index < 20; index++) {
      block.fill(65 + index);
      await write(block);
    }
    return [];
  },

  async large(_environ, startResponse) {
    const write = startResponse('200 OK', []);
    write('\u20ac'.repeat(700_000));
    write(Buffer.alloc(1_000_000, 'y'));
    return ['z'];
  },
});
