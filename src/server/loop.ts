import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL = 10; // milliseconds

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
 * alive, besides `others`, which were there before.
 */
export async function whenIdle(others: readonly string[] = []): Promise<void> {
  while (hasMore(activeResources(), others)) {
    await delay(INTERVAL, undefined, { ref: false });
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
