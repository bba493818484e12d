// @ts-nocheck: breaking the types is what these scenes are for.
/** Scenes about `startResponse`: what it takes, what it refuses, how often and when it may be called. */
import { badHeaders, badStatuses } from './bad-input.cjs';
import { stage, told } from './stage.mjs';

/** The arguments that the third path segment names. */
function badInput(environ) {
  const [, , list, name] = environ.PATH_INFO.split('/');
  const bad = (list === 'status' ? badStatuses : badHeaders)[name];
  return [list === 'status' ? bad.status : '200 OK', list === 'status' ? [] : bad.headers];
}

export const application = stage({
  bad(environ, startResponse) {
    startResponse(...badInput(environ));
    return ['never seen'];
  },

  /** The check happens at the call: the application can catch it and answer something else. */
  caught(environ, startResponse, { note }) {
    try {
      startResponse(...badInput(environ));
      note('accepted');
    } catch (error) {
      note(told(error));
    }
    startResponse('200 OK', [['X-After', 'all']]);
    return ['caught'];
  },

  /** The status and headers that the test sends as JSON. */
  async given(environ, startResponse) {
    const { status, headers } = JSON.parse(Buffer.from(await environ['tsgi.input'].read()).toString());
    startResponse(status, headers);
    return ['given'];
  },

  never(_environ, _startResponse) {
    return ['chunk'];
  },

  'never-empty'(_environ, _startResponse) {
    return [];
  },

  'never-null'(_environ, _startResponse) {
    return null;
  },

  'during-iteration'(_environ, startResponse) {
    return (function* () {
      yield '';
      startResponse('202 Accepted', [['X-When', 'late']]);
      yield '';
      yield 'body';
    })();
  },

  async *'async-generator'(_environ, startResponse) {
    await null;
    startResponse('202 Accepted', []);
    yield 'body';
  },

  'at-the-end'(_environ, startResponse) {
    return (function* () {
      yield '';
      startResponse('202 Accepted', []);
    })();
  },

  'after-chunk'(_environ, startResponse) {
    return (function* () {
      yield 'too early';
      startResponse('200 OK', []);
    })();
  },

  twice(_environ, startResponse) {
    startResponse('200 OK', []);
    startResponse('201 Created', []);
    return ['never seen'];
  },

  'twice-caught'(_environ, startResponse, { note }) {
    startResponse('200 OK', [['X-First', 'yes']]);
    try {
      startResponse('201 Created', [['X-Second', 'yes']]);
      note('accepted');
    } catch (error) {
      note(told(error));
    }
    return ['first'];
  },

  'twice-null-error'(_environ, startResponse) {
    startResponse('200 OK', []);
    startResponse('201 Created', [], null);
    return ['never seen'];
  },

  replaced(_environ, startResponse) {
    startResponse('200 OK', [
      ['X-First', 'yes'],
      ['Content-Length', '99'],
    ]);
    startResponse('500 Replaced', [['X-Second', 'yes']], new Error('why'));
    return ['replaced'];
  },

  'replaced-twice'(_environ, startResponse) {
    startResponse('200 OK', []);
    startResponse('500 Replaced', [], new Error('why'));
    startResponse('501 Again', [], 'any value is an error');
    return ['replaced'];
  },

  'error-first'(_environ, startResponse) {
    startResponse('500 At Once', [], new Error('why'));
    return ['started'];
  },

  'replaced-during-iteration'(_environ, startResponse) {
    startResponse('200 OK', []);
    return (function* () {
      yield '';
      startResponse('500 Replaced', [], new Error('why'));
      yield 'replaced';
    })();
  },

  /** A bad replacement leaves what was started. */
  'bad-replacement'(_environ, startResponse, { note }) {
    startResponse('200 OK', [['X-First', 'yes']]);
    try {
      startResponse('500 Bad\n', [], new Error('why'));
    } catch (error) {
      note(told(error));
    }
    return ['first'];
  },

  'write-replaced'(_environ, startResponse) {
    const write = startResponse('200 OK', []);
    const again = startResponse('500 Replaced', [], new Error('why'));
    write('one,');
    again('two');
    return [];
  },

  'committed-rethrows'(_environ, startResponse, { note }) {
    startResponse('200 OK', []);
    return (function* () {
      yield 'begun';
      const error = new Error('the secret reason');
      try {
        startResponse('500 Late', [], error);
        note('accepted');
      } catch (thrown) {
        note(thrown === error ? 'rethrown' : told(thrown));
        throw thrown;
      }
    })();
  },

  /** Swallowing what was rethrown changes nothing. */
  'committed-swallows'(_environ, startResponse, { note }) {
    startResponse('200 OK', []);
    return (function* () {
      yield 'begun';
      try {
        startResponse('500 Late', [], new Error('the secret reason'));
        note('accepted');
      } catch {
        note('swallowed');
      }
      yield 'more';
    })();
  },

  'committed-by-write'(_environ, startResponse, { note }) {
    const write = startResponse('200 OK', []);
    void write('begun');
    const error = new Error('the secret reason');
    try {
      startResponse('500 Late', [], error);
      note('accepted');
    } catch (thrown) {
      note(thrown === error);
    }
    return [];
  },

  'committed-without-error'(_environ, startResponse, { note }) {
    startResponse('200 OK', []);
    return (function* () {
      yield 'begun';
      try {
        startResponse('500 Late', []);
        note('accepted');
      } catch (thrown) {
        note(told(thrown));
      }
    })();
  },

  /** What is changed after the call was not seen by it, and is sent by nobody unseen. */
  'changed-after'(_environ, startResponse) {
    const pair = ['X-Pair', 'checked'];
    const headers = [pair];
    startResponse('200 OK', headers);
    pair[1] = 'x\r\nX-Injected: yes';
    headers.push(['X-More\r\nX-Injected', 'yes']);
    return ['body'];
  },

  /** Values that answer differently each time they are asked. */
  'two-faced'(_environ, startResponse, { note }) {
    let asked = 0;
    const pair = ['X-Pair', ''];
    Object.defineProperty(pair, 1, { get: () => (asked++ === 0 ? 'fine' : 'x\r\nX-Injected: yes') });
    try {
      startResponse('200 OK', [pair]);
    } catch (error) {
      note(told(error));
      startResponse('200 OK', []);
    }
    return ['body'];
  },

  'returns-write'(_environ, startResponse, { note }) {
    note(typeof startResponse('200 OK', []));
    return [];
  },

  /** Called when everything is over. */
  expired(_environ, startResponse, { note, gate }) {
    startResponse('200 OK', []);
    void gate('later').then(() => {
      for (const error of [undefined, new Error('why')]) {
        try {
          startResponse('200 OK', [], error);
          note('accepted');
        } catch (thrown) {
          note(told(thrown));
        }
      }
    });
    return ['answered'];
  },
});
