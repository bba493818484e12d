/** Clients that leave at each point of a request, and connections that move a byte at a time. */
import { closeSync, existsSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { chunk, encodeRequest } from '../support/http1';
import { descriptorsOf } from '../support/process';
import { until } from '../support/until';
import { both, type Fault } from './row';
import type { Stand } from './stand';

const HUGE = 1 << 30;
const large = Buffer.alloc(100_000, 'x');

/** Sends this much of a request and leaves. */
async function leaveAfter(stand: Stand, part: Uint8Array | string): Promise<void> {
  const connection = await stand.connect();
  connection.write(part);
  await until('the kernel has it', () => connection.socket.writableLength === 0);
  connection.reset();
}

async function inTheHead(stand: Stand): Promise<void> {
  await stand.start();
  const head = encodeRequest({ target: '/app/size', method: 'POST', body: 'abc', headOnly: true });
  for (const size of [1, 16, head.length - 1]) {
    await leaveAfter(stand, head.subarray(0, size));
  }
  expect(await stand.text('/app/pid')).toBe(String(stand.worker));
  expect(await stand.events()).toEqual([]);
}

const withoutLastByte = () => {
  const whole = encodeRequest({ target: '/app/size', method: 'POST', body: large }).subarray(0, -1);
  const chunked = encodeRequest({ target: '/app/size', method: 'POST', chunks: [], headOnly: true });
  return [whole, Buffer.concat([chunked, chunk(large), Buffer.from('0\r\n\r')])];
};

async function bufferedLastByte(stand: Stand): Promise<void> {
  await stand.start({ '/app': { set: { request_buffering: 'on' } } });
  for (const part of withoutLastByte()) {
    await leaveAfter(stand, part);
  }
  expect(await stand.text('/app/pid')).toBe(String(stand.worker));
  expect(await stand.events()).toEqual([]);
}

async function streamedLastByte(stand: Stand): Promise<void> {
  await stand.start({ '/app': { set: { request_buffering: 'off' } } });
  let events: unknown[] = [];
  const count = async (...what: string[]) =>
    (events = await stand.events()).filter((event) => what.includes(String(event))).length;
  for (const [index, part] of withoutLastByte().entries()) {
    const connection = await stand.connect();
    connection.write(part);
    await until('the call', async () => (await count('called')) === index + 1);
    connection.reset();
    // A server may come to the end of the bytes before it hears who has ended them.
    await until(
      () => `the end of the exchange; there are ${JSON.stringify(events)}`,
      async () => (await count('TSGI_CLIENT_GONE', 'TSGI_BODY_MALFORMED')) === index + 1,
    );
  }
  await until('both are over', async () => (await count('client_gone', 'complete')) === 2);
}

async function midFile(stand: Stand): Promise<void> {
  await stand.start();
  const path = join(stand.folder, 'huge');
  const fd = openSync(path, 'w');
  ftruncateSync(fd, HUGE);
  closeSync(fd);
  const connection = await stand.connect();
  const incoming = connection.request({ target: `/app/path?${encodeURIComponent(path)}` });
  await incoming.whenBytes(1);
  const open = () => [...descriptorsOf(stand.worker).values()].includes(path);
  expect(open()).toBe(true);
  connection.reset();
  await until('the file is closed', () => !open());
  expect(await stand.text('/app/pid')).toBe(String(stand.worker));
}

async function queued(stand: Stand): Promise<void> {
  await stand.start();
  await stand.text('/app/pid');
  const sign = join(stand.folder, 'sign');
  const busy = stand.request(`/app/busy?${encodeURIComponent(sign)}`);
  await until('the isolate is busy', () => existsSync(`${sign}.busy`));
  for (let n = 0; n < 5; n++) {
    const connection = await stand.connect();
    connection.request({ target: '/app/never' });
    await until('the kernel has it', () => connection.socket.writableLength === 0);
    connection.reset();
  }
  writeFileSync(sign, '');
  expect((await busy).body.toString()).toBe('done');
  await until('whoever was called has been told', async () => {
    const told = await stand.events();
    const count = (what: string) => told.filter((event) => event === what).length;
    return count('called') === count('client_gone');
  });
}

export const clients: readonly Fault[] = [
  {
    fault: 'a client leaves at each message of an exchange, from before BEGIN to after END',
    on: [...both, 'fake host'],
    seen: 'the exchange ends, nothing of it is left, the next request is answered',
    in: ['test/misery/aborts.ts', 'test/misery/addon-aborts.misery.ts'],
  },
  {
    fault: 'every read and write moves a byte, or none (EAGAIN)',
    on: [...both, 'fake host'],
    seen: 'the suites of the servers pass',
    in: ['test/misery/sockets.c', 'scripts/test-misery.mjs', 'test/misery/addon-bytes.misery.ts'],
  },
  {
    fault: 'a client leaves in the request head',
    on: both,
    seen: 'no application is called',
    drive: inTheHead,
  },
  {
    fault: 'a client leaves in the request body',
    on: both,
    seen: 'the read fails, the signal fires; a buffered request never reaches its application',
    in: ['test/servers/uploads.ts'],
  },
  {
    fault: 'a client leaves before the last byte of its request body',
    on: both,
    seen: 'the read fails, and the application hears why',
    drive: streamedLastByte,
    quick: true,
  },
  {
    fault: 'a client leaves before the last byte of a request body that is buffered',
    on: both,
    seen: 'no application is called',
    drive: bufferedLastByte,
  },
  {
    fault: 'a client leaves while its request is queued behind a busy isolate',
    on: both,
    seen: 'no call, or a call that is told that its client has gone',
    drive: queued,
  },
  {
    fault: 'a client leaves in the midst of a file',
    on: both,
    seen: 'the descriptor of the file is closed',
    drive: midFile,
  },
];
