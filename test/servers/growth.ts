/** What an application of Express holds after many requests, with clients that stay and clients that leave: no more than before. */
import { expect, it } from 'vitest';
import { Connection, encodeRequest } from '../support/http1';
import { descriptorsOf, residentBytes, sanitizersShare } from '../support/process';
import { seeded } from '../support/seeded';
import type { AnySite } from '../support/site';
import { until } from '../support/until';

/** `npm run test:growth` asks more often. */
const REQUESTS = Number(process.env['TSGI_GROWTH_REQUESTS'] ?? 10_000);
const AT_ONCE = 32;
/** On one connection before its answers are looked at. */
const BATCH = 8;
/** Of all batches. */
const LEAVING = 0.1;

/** What the figures vary by, however many requests there were. */
const MOST_HEAP = 4 << 20;
const MOST_RESIDENT = 24 << 20;

const json = JSON.stringify({ text: 'x'.repeat(500) });
const hello = { target: '/app/hello' };
const echo = {
  method: 'POST',
  target: '/app/echo',
  fields: [['Content-Type', 'application/json']],
  body: json,
} as const;
const endless = { target: '/app/endless' };

interface Held {
  heap: number;
  connections: number;
  listeners: unknown;
  warnings: string[];
}

/** `site` has `growth.mjs` at /app. */
export function growthCases(site: AnySite): void {
  it(`${REQUESTS} requests leave nothing behind`, { timeout: 60_000 + 5 * REQUESTS }, async () => {
    const random = seeded(20_26);
    await ask(site, REQUESTS / 5, random); // warm: heap, pools and compiled code have their size
    const before = await settled(site);
    const open = openIn(site.worker);
    const resident = residentBytes(site.worker);

    await ask(site, (REQUESTS * 4) / 5, random);

    const after = await settled(site);
    expect(after.warnings).toEqual([]);
    expect(after.listeners).toEqual(before.listeners);
    expect(after.heap - before.heap).toBeLessThan(MOST_HEAP);
    expect(residentBytes(site.worker) - resident).toBeLessThan(MOST_RESIDENT + sanitizersShare);
    await until('descriptors to be closed', () => {
      const { wakes, others } = openIn(site.worker);
      return others <= open.others && wakes <= open.wakes + AT_ONCE;
    });
  });
}

/** Descriptors. A server may keep one to be woken by for each request that it once had at the same time. */
function openIn(pid: number): { wakes: number; others: number } {
  const all = [...descriptorsOf(pid).values()];
  const wakes = all.filter((link) => link === 'anon_inode:[eventfd]').length;
  return { wakes, others: all.length - wakes };
}

/** What the application holds when it has but the request that asks. */
function settled(site: AnySite): Promise<Held> {
  return until('every request to be over', async () => {
    const held = (await site.json('/app/held')) as Held;
    return held.connections === 1 && held;
  });
}

async function ask(site: AnySite, requests: number, random: () => number): Promise<void> {
  let left = requests / BATCH;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      let client: Connection | undefined;
      while (left-- > 0) {
        client ??= await Connection.connect(site.server);
        if (random() < LEAVING) {
          await leave(client, random);
          client = undefined;
        } else {
          await stay(client, random);
        }
      }
      client?.close();
    }),
  );
}

/** Asks and is answered, on a connection that is kept. */
async function stay(client: Connection, random: () => number): Promise<void> {
  const replies = Array.from({ length: BATCH }, () => {
    const request = random() < 0.7 ? hello : echo;
    const text = request === echo ? json : 'hello';
    return { incoming: client.request(request), text };
  });
  for (const { incoming, text } of replies) {
    const { status, body } = await incoming.whenDone();
    expect([status, body.toString()]).toEqual([200, text]);
  }
}

/** Leaves before the request is complete, before the answer came, or in the middle of it; by a reset or in order. */
async function leave(client: Connection, random: () => number): Promise<void> {
  const how = random();
  if (how < 0.3) {
    const bytes = encodeRequest(echo);
    client.write(bytes.subarray(0, bytes.length - 1 - Math.floor(random() * json.length)));
  } else {
    const incoming = client.request(endless);
    if (how < 0.7) {
      await incoming.whenBytes('first'.length);
    }
  }
  if (random() < 0.5) {
    client.reset();
  } else {
    client.close();
  }
}
