/**
 * Server-sent events: the time, once a second, until the client leaves.
 *
 *     ?count=N       ends after N events
 *     ?interval=MS   milliseconds between two events
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Application } from 'tsgi';

export const application: Application = (environ, startResponse) => {
  const query = new URLSearchParams(environ.QUERY_STRING);
  const count = positive(query.get('count') ?? 'Infinity');
  const interval = positive(query.get('interval') ?? '1000');
  if (count === undefined || interval === undefined || interval > 86_400_000) {
    startResponse('400 Bad Request', [['Content-Type', 'text/plain; charset=utf-8']]);
    return ['count and interval are whole numbers from 1, interval is at most a day.\n'];
  }
  startResponse('200 OK', [
    ['Content-Type', 'text/event-stream'],
    ['Cache-Control', 'no-store'],
  ]);
  return events(count, interval, environ['tsgi.signal']);
};

async function* events(count: number, interval: number, signal: AbortSignal | undefined) {
  for (let id = 1; id <= count; id++) {
    yield `id: ${id}\ndata: ${new Date().toISOString()}\n\n`;
    if (id < count) {
      try {
        await wait(interval, undefined, { signal });
      } catch {
        return; // the client has left, and the timer is stopped
      }
    }
  }
}

function positive(digits: string): number | undefined {
  return digits === 'Infinity' || /^[1-9]\d{0,9}$/.test(digits) ? Number(digits) : undefined;
}
