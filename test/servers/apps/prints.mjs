/** Prints in every way there is. */
import { stage } from '../../apps/stage.mjs';

console.log('said while it was loaded');

/** Called by a timer that belongs to no request. @type {Array<() => void>} */
const waiting = [];
setInterval(() => waiting.splice(0).forEach((speak) => speak()), 5).unref();

export const application = stage({
  print(environ, startResponse) {
    console.log(decodeURIComponent(environ.QUERY_STRING));
    startResponse('200 OK', []);
    return ['printed'];
  },

  ways(environ, startResponse) {
    console.log('by way of %s', 'console.log');
    console.error('by way of console.error');
    process.stdout.write('by way of stdout\n');
    process.stderr.write(Buffer.from('by way of stderr\n'));
    environ['tsgi.errors'].write('by way of ');
    environ['tsgi.errors'].write('tsgi.errors\n');
    startResponse('200 OK', []);
    return ['printed'];
  },

  /** Answers with the request id, as the log has it, which only the configuration knows. */
  async later(environ, startResponse) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    console.log(`${environ.QUERY_STRING} after waiting`);
    startResponse('200 OK', []);
    return [environ['REQUEST_ID'] ?? ''];
  },

  lines(environ, startResponse) {
    console.log('line one\n2020/01/01 00:00:00 [alert] 1#1: line two \u0000\u001b[31m');
    startResponse('200 OK', []);
    return ['printed'];
  },

  long(_environ, startResponse) {
    console.log(`${'x'.repeat(10_000)}END`);
    startResponse('200 OK', []);
    return ['printed'];
  },

  /** Prints when the response has long been sent, and its server has forgotten the request. */
  afterwards(environ, startResponse) {
    environ['tsgi.on_finish']?.(() => setTimeout(() => console.log('said behind the response'), 50));
    startResponse('200 OK', []);
    return ['sent'];
  },

  'on-its-own'(_environ, startResponse) {
    waiting.push(() => console.log('on its own'));
    startResponse('200 OK', []);
    return ['will be'];
  },
});
