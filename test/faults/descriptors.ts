/** Descriptors that cannot be had (RLIMIT_NOFILE). */
import { join } from 'node:path';
import { expect } from 'vitest';
import { writeFileSync } from 'node:fs';
import { both, type Fault } from './row';
import type { Stand } from './stand';

/** A connection that is open already: what it asks for needs no descriptor of its own. */
async function connected(stand: Stand) {
  const connection = await stand.connect();
  expect((await connection.request({ target: '/static' }).whenDone()).complete).toBe(true);
  return (target: string) => connection.request({ target }).whenDone();
}

async function atFirstRequest(stand: Stand): Promise<void> {
  await stand.start();
  const ask = await connected(stand);
  const giveBack = stand.withoutDescriptors();
  stand.allowLog(/TSGI3101 |TSGI3102 |TSGI3001 /, stand.words.descriptors);
  expect(await ask('/app/pid')).toMatchObject({ status: 503, complete: true });
  giveBack();
  expect(await stand.whenWell()).toBe(String(stand.worker));
  expect(stand.log()).toMatch(/TSGI3101 .*Too many open files|Too many open files: TSGI4013/);
}

async function atOtherRequests(stand: Stand): Promise<void> {
  await stand.start();
  const asks = await Promise.all([1, 2, 3].map(() => connected(stand)));
  await stand.text('/app/pid');
  const giveBack = stand.withoutDescriptors();
  stand.allowLog(stand.words.descriptors);
  for (const ask of asks) {
    expect(await ask('/app/pid')).toMatchObject({ status: 200 }); // one descriptor serves them all
  }
  giveBack();
  await stand.whenWell();
}

async function atFile(stand: Stand): Promise<void> {
  await stand.start();
  const ask = await connected(stand);
  const path = join(stand.folder, 'file');
  writeFileSync(path, 'the file');
  const target = `/app/path?${encodeURIComponent(path)}`;
  expect(await stand.text(target)).toBe('the file');
  await stand.text('/app/fd');

  const giveBack = stand.withoutDescriptors();
  stand.expectLog(/TSGI10\d\d .*(EMFILE|too many open files)/i);
  stand.allowLog(/TSGI10\d\d /, stand.words.brokenOff);
  for (const scene of [target, '/app/fd']) {
    const reply = await ask(scene).catch(() => undefined);
    expect(reply?.complete === true && reply.status === 200).toBe(false);
  }
  giveBack();
  expect(await stand.text(target)).toBe('the file');
  expect(await stand.text('/app/fd')).toContain('application = stage');
}

async function atSpool(stand: Stand): Promise<void> {
  await stand.start({ '/app': { set: { request_buffering: 'on', buffer_size: '16k' } } });
  const body = Buffer.alloc(2_000_000, 'x');
  await stand.text('/app/pid');
  const connection = await stand.connect();
  expect((await connection.request({ target: '/static' }).whenDone()).complete).toBe(true);

  const giveBack = stand.withoutDescriptors();
  stand.expectLog(stand.words.spool);
  expect((await connection.request({ target: '/app/size', method: 'POST', body }).whenDone()).status).toBe(500);
  giveBack();
  expect(await stand.text({ target: '/app/size', method: 'POST', body })).toBe(String(body.length));
}

async function atAccept(stand: Stand): Promise<void> {
  await stand.start();
  await stand.text('/app/pid');
  const { worker } = stand;
  const giveBack = stand.withoutDescriptors();
  stand.expectLog(/accept4?\(\) failed \(24: /);
  const waiting = stand.text('/app/pid');
  await stand.whenLogged(/accept4?\(\) failed \(24: /);
  giveBack();
  expect(await waiting).toBe(String(worker)); // nginx looks again after half a second
}

/** From so few that nothing of the runtime can start to as many as it needs, however many that are. */
async function atStart(stand: Stand): Promise<void> {
  const least = stand.target === 'nginx' ? 12 : 16;
  stand.allowLog(stand.words.start, stand.words.descriptors, /TSGI310[12] |TSGI10\d\d /, /worker_connections exceed/);
  for (let openFiles = least; openFiles < least + 48; openFiles += 3) {
    await stand.startAgain({ '/app': {} }, { openFiles });
    if (stand.server.workerPids().length === 0) {
      continue; // too few for the server itself
    }
    const { worker } = stand;
    const reply = await stand.request('/app/pid');
    expect([200, 500, 503]).toContain(reply.status);
    expect(stand.worker, `with ${openFiles}`).toBe(worker);
    if (reply.status === 503) {
      expect(stand.log(), `with ${openFiles}`).toMatch(/TSGI(20|40)1[0-3] |TSGI310[12] |TSGI102\d |TSGI4013/);
    }
  }
}

export const descriptors: readonly Fault[] = [
  {
    fault: 'no descriptor can be had when a request is the first of its application',
    on: both,
    seen: '503 with a record; the application starts when there are some again',
    drive: atFirstRequest,
    quick: true,
  },
  {
    fault: 'no descriptor can be had while requests come one after the other',
    on: both,
    seen: 'requests of open connections are answered',
    drive: atOtherRequests,
  },
  {
    fault: 'no descriptor can be had for a file_wrapper, by path or by descriptor',
    on: both,
    seen: 'an error page or a break, with a record; the next file is whole',
    drive: atFile,
  },
  {
    fault: 'no descriptor can be had for a large request body that is to be spooled',
    on: both,
    seen: '500 and a record',
    drive: atSpool,
  },
  {
    fault: 'no descriptor can be had for a connection',
    on: ['nginx'], // a child of Apache leaves then, and is replaced, by the decision of its MPM
    seen: 'the client waits, and is served when there are some again',
    drive: atAccept,
  },
  {
    fault: 'a worker starts with too few descriptors, from hardly any on',
    on: both,
    seen: '503 with a record, or 200; the worker lives',
    drive: atStart,
    within: 180_000,
  },
];
