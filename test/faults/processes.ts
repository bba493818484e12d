/** Processes that end without a word, in the midst of responses. */
import { expect } from 'vitest';
import type { Connection, Incoming } from '../support/http1';
import { until } from '../support/until';
import { both, type Fault } from './row';
import type { Stand } from './stand';

interface Held {
  connection: Connection;
  incoming: Incoming;
  pid: number;
}

async function hold(stand: Stand): Promise<Held> {
  const connection = await stand.connect();
  const incoming = connection.request({ target: '/app/held' });
  return { connection, incoming, pid: Number((await incoming.whenBytes(1)).toString()) };
}

/** Responses that have begun, until each worker has one. */
async function holdEach(stand: Stand): Promise<Held[]> {
  const held: Held[] = [];
  await until('a response of each worker', async () => {
    held.push(await hold(stand));
    return new Set(held.map(({ pid }) => pid)).size === stand.server.workerPids().length;
  });
  return held;
}

async function killed(stand: Stand): Promise<void> {
  await stand.start({ '/app': {} }, { workers: 2 });
  const before = stand.server.workerPids();
  const held = await holdEach(stand);
  const [victim = 0] = before;
  const withLength = held.filter(({ pid }) => pid === victim).length;
  stand.kill(victim);
  for (const { incoming } of held.filter(({ pid }) => pid === victim)) {
    expect((await incoming.whenDone()).complete).toBe(false);
  }
  expect(withLength).toBeGreaterThan(0);
  await until('as many workers as before', () => stand.server.workerPids().length === before.length, {
    within: 20_000,
  });
  const others = held.filter(({ pid }) => pid !== victim);
  expect(others.map(({ incoming }) => incoming.state)).toEqual(others.map(() => 'open'));
  for (const { connection } of others) {
    connection.close();
  }
  expect(before).not.toContain(stand.server.workerPids().find((pid) => !before.includes(pid)));
  await stand.whenWell();
}

async function killedBehindLength(stand: Stand): Promise<void> {
  await stand.start();
  const connection = await stand.connect();
  const incoming = connection.request({ target: '/app/held-length' });
  await incoming.whenBytes(1);
  const { worker } = stand;
  stand.kill(worker);
  expect(await incoming.whenDone()).toMatchObject({ status: 200, length: 10, complete: false });
  await stand.whenReplaced(worker);
  await stand.whenWell();
}

async function killedBeforeHead(stand: Stand): Promise<void> {
  await stand.start();
  await stand.text('/app/pid');
  const connection = await stand.connect();
  const incoming = connection.request({ target: '/app/never' });
  await stand.whenEvent('called');
  const { worker } = stand;
  stand.kill(worker);
  expect(await incoming.whenDone()).toMatchObject({ status: 0, complete: false });
  await stand.whenReplaced(worker);
  await stand.whenWell();
}

export const processes: readonly Fault[] = [
  {
    fault: 'one of two workers is killed in the midst of responses (SIGKILL)',
    on: both,
    seen: 'its clients see a break, the responses of the other go on, the worker is replaced',
    drive: killed,
    quick: true,
  },
  {
    fault: 'a worker is killed in the midst of a response with a length',
    on: both,
    seen: 'the response lacks bytes',
    drive: killedBehindLength,
  },
  {
    fault: 'a worker is killed before a response began',
    on: both,
    seen: 'there is none, and the next worker serves',
    drive: killedBeforeHead,
  },
  {
    fault: 'an application ends its environment in the midst of responses',
    on: both,
    seen: 'they break, the environment is replaced, other applications do not notice',
    in: ['test/nginx/failing.test.ts', 'test/servers/apps/mortal.mjs'],
  },
];
