/** Sends back what it is sent, while it is still arriving: `tsgi.input` is a body like any other. */
import type { Application, Headers } from 'tsgi';

export const application: Application = (environ, startResponse) => {
  const { REQUEST_METHOD: method, CONTENT_TYPE: type, CONTENT_LENGTH: length } = environ;
  if (method === 'GET' || method === 'HEAD') {
    startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
    return [`Send me something:\n\n    curl --data-binary @FILE http://HOST${environ.SCRIPT_NAME}\n`];
  }
  const headers: Headers = [
    ['Content-Type', type ?? 'application/octet-stream'],
    ['X-Content-Type-Options', 'nosniff'],
  ];
  if (length !== undefined) {
    headers.push(['Content-Length', length]);
  }
  startResponse('200 OK', headers);
  return environ['tsgi.input'];
};
