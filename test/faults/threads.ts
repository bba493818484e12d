/** Threads that cannot be made (EAGAIN), and address space that cannot be had (RLIMIT_AS), where Node starts. */
import { expect } from 'vitest';
import { until } from '../support/until';
import { both, type Fault } from './row';
import type { Stand } from './stand';

/** What an isolate takes of address space is more than this, whatever else a worker needs is less. */
const LITTLE = 48 << 20;

async function ofIsolate(stand: Stand): Promise<void> {
  await stand.start();
  const { worker } = stand;
  stand.control.set('threads', 1);
  stand.expectLog(/TSGI3101 .*thread/);
  expect(await stand.request('/app/pid')).toMatchObject({ status: 503, complete: true });
  expect(stand.control.get('unmade')).toBeGreaterThan(0);
  expect((await stand.request('/app/pid')).status).toBe(503);
  expect((await stand.request('/static')).complete).toBe(true);
  stand.control.set('threads', 0);
  expect(await stand.whenWell()).toBe(String(worker));
}

/** It says when it is closed. */
const CLOSING = `
  export function application(environ, startResponse) {
    startResponse('200 OK', []);
    return ['here'];
  }
  export function close() {
    console.log('it was closed');
  }`;

async function ofOneToBeReplaced(stand: Stand): Promise<void> {
  const script = stand.script('closing.mjs', CLOSING);
  await stand.start({ '/app': { script } });
  stand.control.set('threads', 1);
  stand.expectLog(/TSGI3101 .*thread/, /it was closed/);
  expect((await stand.request('/app')).status).toBe(503);
  stand.control.set('threads', 0);
  expect(await stand.whenWell('/app')).toBe('here');
  stand.script('closing.mjs', `${CLOSING}\n`);
  await stand.whenLogged(/it was closed/);
}

async function whileRefused(stand: Stand): Promise<void> {
  await stand.start();
  stand.control.set('threads', 1);
  stand.expectLog(/TSGI3101 .*thread/);
  expect((await stand.request('/app/pid')).status).toBe(503);
  await stand.check(); // it leaves although the isolate never came to be
}

/** A worker starts with a limit to its threads, from none to as many as it likes to have. */
async function fewOfWorker(stand: Stand): Promise<void> {
  await stand.start();
  stand.allowLog(/TSGI3101 /, stand.words.start, /TSGI102\d |TSGI10\d\d /);
  let unmade = 1;
  for (let limit = 0; unmade > 0; limit++) {
    expect(limit).toBeLessThan(30);
    stand.control.set('unmade', 0);
    stand.control.set('threads', limit + 1);
    const before = stand.worker;
    stand.kill(before);
    const worker = await stand.whenReplaced(before);
    const replies = [await stand.request('/app/pid'), await stand.request('/app/read')];
    expect(stand.worker, `with ${limit} threads`).toBe(worker);
    for (const { status, complete } of replies) {
      expect([200, 500, 503]).toContain(status);
      expect(complete).toBe(true);
    }
    unmade = stand.control.get('unmade');
    expect(unmade > 0 || replies.every(({ status }) => status === 200)).toBe(true);
    stand.control.set('threads', 0);
  }
}

async function ofSpace(stand: Stand): Promise<void> {
  await stand.start();
  const { worker } = stand;
  await stand.request('/static');
  const giveBack = stand.limit('as', stand.spaceOfWorker() + LITTLE);
  stand.expectLog(/TSGI3101 .*address space/);
  expect(await stand.request('/app/pid')).toMatchObject({ status: 503, complete: true });
  expect((await stand.request('/app/pid')).status).toBe(503);
  expect((await stand.request('/static')).complete).toBe(true);
  giveBack();
  expect(await stand.whenWell()).toBe(String(worker));
}

async function ofSuccessor(stand: Stand): Promise<void> {
  await stand.start({ '/app': {}, '/other': {} });
  await stand.text('/app/pid');
  const { worker } = stand;
  stand.control.set('threads', 1);
  stand.expectLog(/TSGI3101 .*thread/);
  expect((await stand.request('/other/pid')).status).toBe(503);
  expect(await stand.text('/app/pid')).toBe(String(worker)); // who has a thread keeps it
  stand.control.set('threads', 0);
  expect(await stand.whenWell('/other/pid')).toBe(String(worker));
  await until('both', async () => (await stand.text('/app/pid')) === (await stand.text('/other/pid')));
}

export const threads: readonly Fault[] = [
  {
    fault: 'no thread can be had for an isolate',
    on: both,
    seen: '503 with a record, until a later attempt finds one',
    drive: ofIsolate,
    quick: true,
  },
  {
    fault: 'no thread can be had at first for an isolate that another one replaces later',
    on: both,
    seen: 'it is closed as any other',
    drive: ofOneToBeReplaced,
  },
  {
    fault: 'no thread can be had for an isolate when its server leaves',
    on: both,
    seen: 'it leaves',
    drive: whileRefused,
  },
  {
    fault: 'no thread can be had for the isolate of a second application',
    on: both,
    seen: '503 for that one alone',
    drive: ofSuccessor,
  },
  {
    fault: 'a worker starts with a limit to its threads, from none on',
    on: both,
    seen: '503 with a record, or 200; the worker lives',
    drive: fewOfWorker,
    within: 180_000,
  },
  {
    fault: 'the address space is limited, or no memory may be made executable, when a server starts',
    on: both,
    seen: '503 with a record that names the limit',
    in: ['test/servers/confines.ts'],
  },
  {
    fault: 'no address space can be had for an isolate',
    on: both,
    seen: '503 with a record, until there is some',
    drive: ofSpace,
  },
];
