/** Scenes that write to the error log, in every way there is. */
import { stage } from './stage.mjs';

/** @param {import('./stage.mjs').StartResponse} startResponse */
function done(startResponse) {
  startResponse('200 OK', []);
  return ['logged'];
}

export const application = stage({
  errors(environ, startResponse) {
    const errors = environ['tsgi.errors'];
    errors.write('first line\nsecond line\n');
    errors.write('in two ');
    errors.write('pieces\n');
    errors.writeLines(['one\n', 'two\n']);
    return done(startResponse);
  },

  partial(environ, startResponse) {
    environ['tsgi.errors'].write('never completed');
    return done(startResponse);
  },

  'partial-stream'(environ, startResponse) {
    environ['tsgi.errors'].write('never completed by a stream');
    startResponse('200 OK', []);
    return (async function* () {
      yield 'logged';
    })();
  },

  'partial-failure'(environ) {
    environ['tsgi.errors'].write('never completed by a failure');
    throw new Error('the secret reason');
  },

  /** What was flushed is in the log before the request is over. */
  async flush(environ, startResponse, { gate }) {
    environ['tsgi.errors'].write('flushed by hand');
    environ['tsgi.errors'].flush();
    await gate('go on');
    return done(startResponse);
  },

  utf8(environ, startResponse) {
    environ['tsgi.errors'].write('caf\u00e9 \u20ac\n');
    return done(startResponse);
  },

  control(environ, startResponse) {
    environ['tsgi.errors'].write('bell \u0007 escape \u001b[31m return \r nul \0 end\n');
    return done(startResponse);
  },

  long(environ, startResponse) {
    environ['tsgi.errors'].write(`start ${'abcdefghij'.repeat(1000)} finish\n`);
    return done(startResponse);
  },

  empty(environ, startResponse) {
    environ['tsgi.errors'].write('');
    environ['tsgi.errors'].flush();
    return done(startResponse);
  },

  console(_environ, startResponse) {
    console.log('said by log %d', 1);
    console.info('said by info');
    console.debug('said by debug');
    console.warn('said by warn');
    console.error('said by error');
    return done(startResponse);
  },

  'console-object'(_environ, startResponse) {
    console.log({ nested: { value: 1 } }, [1, 2]);
    return done(startResponse);
  },

  async 'console-later'(_environ, startResponse) {
    await new Promise((resolve) => setImmediate(resolve));
    console.log('said after an await');
    return done(startResponse);
  },

  stdio(_environ, startResponse) {
    process.stdout.write('through stdout\n');
    process.stderr.write('through stderr\n');
    return done(startResponse);
  },

  outside(_environ, startResponse, { gate }) {
    void gate('later').then(() => console.log('said after the request'));
    return done(startResponse);
  },
});
