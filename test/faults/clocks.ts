/** A time of day that is set, by hours, in either direction: what is measured are intervals. */
import { expect } from 'vitest';
import { encodeRequest } from '../support/http1';
import { both, type Fault } from './row';
import type { Stand } from './stand';

const HOURS = 5 * 3600;
const TIMEOUT = 600;

const jumping = (seconds: number) => async (stand: Stand) => {
  await stand.start({ '/app': {}, '/timed': { set: { request_timeout: `${TIMEOUT}ms` } } });
  await stand.text('/app/pid');
  stand.expectLog(stand.words.late);
  await stand.whenWell('/timed/pid', [504]); // it takes its time to load
  const { worker } = stand;
  const slow = await stand.connect();
  const late = slow.request({ target: '/app/late?400' }); // its timeout is a minute

  const begun = performance.now();
  const never = stand.request('/timed/never');
  stand.control.set('clock', seconds);
  expect((await late.whenDone()).body.toString()).toBe('late');
  expect((await never).status).toBe(504);
  const took = performance.now() - begun;
  expect(took).toBeGreaterThan(TIMEOUT - 50);
  expect(took).toBeLessThan(TIMEOUT + 5000);

  expect(await stand.text('/app/late?50')).toBe('late'); // timers of JavaScript
  expect(stand.worker).toBe(worker);
  stand.control.set('clock', 0); // and back
  expect(await stand.text('/app/pid')).toBe(String(worker));
};

/** The server waits for the client, for a minute. */
const uploading = (seconds: number) => async (stand: Stand) => {
  await stand.start({ '/app': { set: { request_buffering: 'off' } } });
  await stand.text('/app/pid');
  const connection = await stand.connect();
  const incoming = connection.expect('POST');
  connection.write(encodeRequest({ target: '/app/size', method: 'POST', body: 'abc' }).subarray(0, -1));
  await stand.whenEvent('called');
  stand.control.set('clock', seconds);
  expect(await stand.text('/app/late?1500')).toBe('late'); // so that it has looked, which it does each second
  expect(incoming.state).toBe('open');
  connection.write('c');
  expect((await incoming.whenDone()).body.toString()).toBe('3');
};

const keeping = (seconds: number) => async (stand: Stand) => {
  await stand.start();
  const connection = await stand.connect();
  const ask = async () => (await connection.request({ target: '/app/pid' }).whenDone()).complete;
  expect(await ask()).toBe(true);
  stand.control.set('clock', seconds);
  for (let n = 0; n < 3; n++) {
    expect(await ask()).toBe(true);
    await stand.text('/app/late?100');
  }
};

export const clocks: readonly Fault[] = [
  ...([HOURS, -HOURS] as const).flatMap((seconds): Fault[] => {
    const how = `the clock is put ${seconds > 0 ? 'forward' : 'back'} by five hours`;
    return [
      {
        fault: `${how} while requests wait`,
        on: both,
        seen: 'they are neither given up before nor after their time',
        drive: jumping(seconds),
        ...(seconds > 0 && { quick: true }),
      },
      {
        fault: `${how} while a body is awaited`,
        on: both,
        seen: 'its client has its time',
        drive: uploading(seconds),
      },
      {
        fault: `${how} while connections are kept alive`,
        on: ['nginx'], // httpd measures that with the time of day
        seen: 'they live on',
        drive: keeping(seconds),
      },
    ];
  }),
];
