/** Allocations that fail, one after the other. */
import { expect } from 'vitest';
import { both, type Fault } from './row';
import type { Stand } from './stand';

/** The n-th allocation of our own fails in a worker that starts and opens its first application, for each n. */
async function eachOfStart(stand: Stand): Promise<void> {
  await stand.start();
  stand.allowLog(/TSGI310[12] |TSGI300\d |TSGI10\d\d /, stand.words.start, stand.words.open, stand.words.memory);
  let failed = 1;
  let n = 0;
  while (failed > 0) {
    n++;
    expect(n).toBeLessThan(200);
    stand.control.set('failed', 0);
    stand.control.set('fail', n);
    const before = stand.worker;
    stand.kill(before);
    const worker = await stand.whenReplaced(before);
    const first = await stand.request('/app/pid');
    expect([200, 500, 503]).toContain(first.status);
    expect(first.complete).toBe(true);
    failed = stand.control.get('failed');
    stand.control.set('fail', 0);
    expect(stand.worker, `without the allocation ${n}`).toBe(worker);
    expect((await stand.request('/static')).complete).toBe(true);
    if (!stand.words.start.test(stand.log().slice(-4000))) {
      await stand.whenWell('/app/pid', [500, 503]);
    }
  }
  expect(n).toBeGreaterThan(5);
}

export const memory: readonly Fault[] = [
  {
    fault: 'the n-th allocation of the core fails, from the start of a runtime to its end, for each n',
    on: ['core'],
    seen: 'whoever asked is told, exchanges end, every block is given back',
    in: ['test/native/core_memory.c'],
  },
  {
    fault: 'the n-th allocation of module, core and bridge fails in a request, for each n and each kind of request',
    on: [...both, 'fake host'],
    seen: 'an error page or a broken response, and the next request passes',
    in: ['test/misery/memory.ts', 'test/misery/addon-memory.misery.ts'],
  },
  {
    fault: 'the n-th allocation fails in a worker that starts and opens its first application, for each n',
    on: both,
    seen: '503 or 500 with a record, or 200; the worker lives',
    drive: eachOfStart,
    within: 300_000,
  },
];
