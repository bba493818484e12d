/** Who runs an application: its own thread, or one of httpd while that has nothing to do. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until';
import { alias, app, useApache, type Site, type SiteOptions } from './apache';

const OWN = 'tsgi-app';
const OF_HTTPD = 'apache2';

const script = app('threads.mjs');
const sites =
  (more: SiteOptions, main = '') =>
  () => ({ ...more, conf: { main, server: alias('/app', script) + alias('/waits', app('waits.mjs')) } });

/** The isolate's thread is asleep, and for a second there was no long turn. */
const whenIdle = (site: Site) =>
  until('a call on a thread of httpd', async () => (await site.text('/app/name')) === OF_HTTPD);

describe.each(['event', 'worker'] as const)('with %s', (mpm) => {
  const site = useApache(sites({ mpm }));
  let peer: Server;
  let url = '';

  beforeAll(async () => {
    peer = createServer((_request, response) => response.end('page'));
    await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(peer.address() as AddressInfo).port}/`;
  });
  afterAll(() => peer.close());

  it('a thread of httpd calls an application that is idle', async () => {
    await whenIdle(site);
  });

  it.each([
    ['a timer', () => '/app/timer?30'],
    ['a page of another server', () => `/app/page?${url}`],
    ['the next turn of the loop', () => '/app/immediate'],
  ])('%s brings the application back to its own thread', async (_what, target) => {
    const called = new Set<string>();
    for (let round = 0; round < 20; round++) {
      await whenIdle(site);
      const [at, then] = (await site.text(target())).split(' ');
      called.add(at!);
      expect(then).toBe(OWN);
    }
    expect(called).toContain(OF_HTTPD); // now and then its own thread was not yet asleep again
  });

  it('pieces come in order and whole', async () => {
    const whole = Array.from({ length: 100 }, (_, piece) => `${piece} `).join('');
    const bodies = await Promise.all(Array.from({ length: 20 }, () => site.text('/app/pieces')));
    expect(new Set(bodies)).toEqual(new Set([whole]));
  });

  it('after a call that took long the application is left to itself', async () => {
    await whenIdle(site);
    expect(await site.text('/app/work?50')).toBe(OF_HTTPD);
    expect(await site.text('/app/name')).toBe(OWN);
    await whenIdle(site); // for a second
  });

  it('requests that come while it is busy wait for its own thread', async () => {
    await whenIdle(site);
    const names = await Promise.all([
      site.text('/app/work?200'),
      ...Array.from({ length: 8 }, () => site.text('/app/name')),
    ]);
    expect(names).toContain(OWN);
    expect(new Set(names)).toEqual(new Set([OF_HTTPD, OWN]));
  });
});

describe.each([
  ['TSGIInline Off', { mpm: 'event' }, 'TSGIInline Off'],
  ['prefork, whose only thread exits in a signal handler', { mpm: 'prefork' }, ''],
] as const)('with %s', (_title, more, main) => {
  const site = useApache(sites(more, main));

  it('only its own thread runs the application', async () => {
    const names = new Set<string>();
    for (let round = 0; round < 50; round++) {
      names.add(await site.text('/app/name'));
    }
    expect(names).toEqual(new Set([OWN]));
  });
});

describe('with TSGIInline Off', () => {
  const site = useApache(sites({}, 'TSGIInline Off'));

  it('a whole response does not wait for what its application does next', async () => {
    expect(await site.text('/waits/whole?0')).toBe('whole'); // it is loaded now
    const begun = performance.now();
    expect(await site.text('/waits/whole?2000')).toBe('whole');
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(await site.text('/waits/whole?0')).toBe('whole'); // when the isolate is free again
  });
});
