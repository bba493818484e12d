/** How many requests a server of each kind has in hand at a time: as many as it has threads or processes. */
import { afterEach, describe, expect, it } from 'vitest';
import { startApache, type ApacheServer } from '../../scripts/lib/apache-server.mjs';
import { Connection, type Incoming } from '../support/http1';
import { until } from '../support/until';
import { app, faultsOf } from './apache';

const conf = { server: `TSGIScriptAlias /app ${app('crowd.mjs')}` };

let server: ApacheServer | undefined;
const clients: Client[] = [];

interface Client {
  incoming: Incoming;
  leave: () => void;
}

afterEach(async () => {
  leaveAll();
  await server?.stop().catch(() => {});
  server = undefined;
});

function leaveAll() {
  for (const client of clients.splice(0)) {
    client.leave();
  }
}

async function send(target: string): Promise<Client> {
  const connection = await Connection.connect({ port: (server as ApacheServer).port });
  const incoming = connection.request({ target, fields: [['Connection', 'close']] });
  const client = { incoming, leave: () => connection.close() };
  clients.push(client);
  return client;
}

/** Each has got the beginning of its response, and none its end. */
async function hold(count: number, target: string): Promise<Client[]> {
  const held = await Promise.all(Array.from({ length: count }, () => send(target)));
  await Promise.all(held.map(({ incoming }) => incoming.whenBytes(1)));
  expect(new Set(held.map(({ incoming }) => incoming.state))).toEqual(new Set(['open']));
  return held;
}

const bodyOf = async ({ incoming }: Client) => (await incoming.whenDone()).body.toString();

describe('prefork with 8 children', () => {
  it('has 8 slow requests in hand, each in a process of its own', async () => {
    const apache = (server = await startApache({ conf, mpm: 'prefork', workers: 8 }));
    const held = await hold(8, '/app/held');
    const pids = held.map(({ incoming }) => Number(incoming.body.toString()));
    expect(new Set(pids).size).toBe(8);
    expect(pids.sort()).toEqual(apache.workerPids().sort());
    leaveAll();
    await until('every child is free', async () => /^BusyWorkers: 1$/m.test(await apache.status()));
    expect(await bodyOf(await send('/app/count'))).toBe('1');
    expect(apache.workerPids().sort()).toEqual(pids);
    expect(faultsOf(apache.errorLog().split('\n'), [/AH00161/])).toEqual([]); // there are no more than 8
  });
});

describe.each(['event', 'worker'] as const)('%s with 75 threads', (mpm) => {
  it('answers 11 more beside 64 streams, and one more than that in its turn', async () => {
    const apache = (server = await startApache({ conf, mpm, threads: 75 }));
    await hold(64, '/app/events');
    const eleven = await Promise.all(Array.from({ length: 11 }, () => send('/app/meet?11')));
    expect(await Promise.all(eleven.map(bodyOf))).toEqual(Array.from({ length: 11 }, () => 'met'));
    const [first] = await hold(11, '/app/held');
    const last = await send('/app/count');
    first?.leave();
    expect(await bodyOf(last)).toBe('75'); // it would have been 76 had it not waited
    expect(faultsOf(apache.errorLog().split('\n'), [/AH00(484|286|288)/])).toEqual([]);
  });
});
