import type { Body, Headers, StartResponse } from '../spec';

/** The response of a middleware that answers by itself: the reason of its status, as a line of text. */
export function answerPlainly(startResponse: StartResponse, status: string, headers: Headers = []): Body {
  startResponse(status, [['Content-Type', 'text/plain; charset=utf-8'], ...headers]);
  return [`${status.slice('200 '.length)}\n`];
}
