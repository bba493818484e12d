import type { SessionStore } from './session-store';

export interface MemoryStoreOptions {
  /** How many sessions are kept; one more costs the one that was used longest ago. 10 000 unless told. */
  max?: number;
}

interface Kept {
  text: string;
  /** In milliseconds since 1970. */
  until: number;
}

/**
 * Keeps sessions in the memory of this isolate: for one thread in one process, for tests, and for what may be lost when
 * the server is reloaded.
 */
export function memoryStore({ max = 10_000 }: MemoryStoreOptions = {}): SessionStore {
  if (!Number.isSafeInteger(max) || max < 1) {
    throw new TypeError(`max must be a number of sessions, not ${String(max)}`);
  }
  /** In the order of their last use. */
  const sessions = new Map<string, Kept>();

  const take = (id: string): Kept | undefined => {
    const kept = sessions.get(id);
    sessions.delete(id);
    return kept !== undefined && kept.until > Date.now() ? kept : undefined;
  };
  const keep = (id: string, text: string, seconds: number): void => {
    sessions.delete(id);
    sessions.set(id, { text, until: Date.now() + seconds * 1000 });
    if (sessions.size > max) {
      makeRoom(sessions);
    }
  };

  return {
    local: true,
    get: (id) => {
      const kept = take(id);
      if (kept !== undefined) {
        sessions.set(id, kept);
      }
      return kept?.text;
    },
    create: keep,
    update: (id, text, seconds) => {
      if (take(id) !== undefined) {
        keep(id, text, seconds);
      }
    },
    touch: (id, seconds) => {
      const kept = take(id);
      if (kept !== undefined) {
        keep(id, kept.text, seconds);
      }
    },
    delete: (id) => {
      sessions.delete(id);
    },
  };
}

/** Drops what has expired, or else the one that was used longest ago. */
function makeRoom(sessions: Map<string, Kept>): void {
  const now = Date.now();
  const before = sessions.size;
  for (const [id, { until }] of sessions) {
    if (until <= now) {
      sessions.delete(id);
    }
  }
  const [oldest] = sessions.keys();
  if (sessions.size === before && oldest !== undefined) {
    sessions.delete(oldest);
  }
}
