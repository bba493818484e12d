import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL = 10; // milliseconds
/** So many times in a row nothing is active, or nothing more than before. */
const SURE = 2;
const LIKELY = 200;

/** There since Node 16.14; `@types/node` calls it by its name from 18.20 on only. */
interface WithResources {
  getActiveResourcesInfo(): string[];
}

/** What keeps the event loop of this thread alive: kinds of handles and requests, and timers. */
export function activeResources(): string[] {
  return (process as unknown as WithResources).getActiveResourcesInfo();
}

/**
 * Resolves when a Node program would end here because nothing is left that could ever call it: nothing keeps the loop
 * alive. Where others share it, `others` is what they had before; since that comes and goes too, nothing more than that
 * must have been there for a while. Also resolves when `given.up` is true.
 */
export async function whenIdle(others: readonly string[] = [], given = { up: false }): Promise<void> {
  let turns = 0;
  // Promises that settle by themselves do so before the loop has turned.
  for (let wanted = SURE; turns < wanted && !given.up; turns++) {
    await delay(INTERVAL, undefined, { ref: false });
    const now = activeResources();
    wanted = now.length === 0 ? SURE : LIKELY;
    if (hasMore(now, others)) {
      turns = -1;
    }
  }
}

function hasMore(now: readonly string[], before: readonly string[]): boolean {
  const rest = [...before];
  return now.some((kind) => {
    const at = rest.indexOf(kind);
    if (at >= 0) {
      rest.splice(at, 1);
    }
    return at < 0;
  });
}
