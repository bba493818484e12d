/**
 * Middleware, one around the other. Each is an application that was given an application:
 *
 *     lint( requestLog( securityHeaders( serverTiming( urlMap( ... )))))
 */
import { performance } from 'node:perf_hooks';
import { decodePath, lint, type Application } from 'tsgi';
import { requestLog, securityHeaders, urlMap } from 'tsgi/middleware';

const front: Application = (environ, startResponse) => {
  const base = environ.SCRIPT_NAME;
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  return [`Two more are mounted below this one:\n\n    ${base}/greet/NAME\n    ${base}/numbers\n`];
};

const greet: Application = (environ, startResponse) => {
  const name = decodePath(environ).slice(1) || 'stranger';
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  return [`Hello, ${name}.\n`];
};

const numbers: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  return (function* () {
    for (let number = 1; number <= 10; number++) {
      yield `${number}\n`;
    }
  })();
};

/** A middleware is not more than this: it tells how long the application took to start its response. */
function serverTiming(application: Application): Application {
  return (environ, startResponse) => {
    const start = performance.now();
    return application(environ, (status, headers, ...error) => {
      const duration = (performance.now() - start).toFixed(3);
      return startResponse(status, [...headers, ['Server-Timing', `app;dur=${duration}`]], ...error);
    });
  };
}

const pages = urlMap({ '': front, '/greet': greet, '/numbers': numbers });

/** The validator checks both sides: around the stack, and between the stack and the pages. */
export const application = lint(
  requestLog(securityHeaders(serverTiming(lint(pages))), {
    sink: (line) => {
      console.log(line); // goes to the error log of the virtual host, at level info
    },
  }),
);
