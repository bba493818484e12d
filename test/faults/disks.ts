/** A disk that has no room for what servers keep there: request bodies that they spool. */
import { expect } from 'vitest';
import { both, type Fault } from './row';
import type { Stand } from './stand';

const large = Buffer.alloc(2_000_000, 'x');
const mounts = {
  '/buffered': { set: { request_buffering: 'on', buffer_size: '16k' } },
  '/streamed': { set: { request_buffering: 'off' } },
};

async function whileBodyIsSpooled(stand: Stand): Promise<void> {
  await stand.start(mounts);
  const upload = (mount: string) => stand.request({ target: `${mount}/size`, method: 'POST', body: large });
  expect((await upload('/buffered')).body.toString()).toBe(String(large.length));

  stand.control.set('disk', 1);
  stand.expectLog(stand.words.spool);
  const refused = await upload('/buffered');
  expect(refused).toMatchObject({ status: 500, complete: true });
  expect(stand.control.get('unwritten')).toBeGreaterThan(0);
  expect((await upload('/streamed')).body.toString()).toBe(String(large.length)); // which needs no disk
  expect(await stand.events('/buffered')).toEqual(['called', 'complete']); // no application saw a part of it

  stand.control.set('disk', 0);
  expect((await upload('/buffered')).body.toString()).toBe(String(large.length));
}

export const disks: readonly Fault[] = [
  {
    fault: 'a large request body is to be spooled and the disk is full (ENOSPC)',
    on: both,
    seen: '500 and a record; streamed bodies pass; so does the next when there is room again',
    drive: whileBodyIsSpooled,
    quick: true,
  },
];
