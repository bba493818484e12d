/** Waiting in tests: a condition is polled against a deadline; nothing ever sleeps for a fixed time. */

/** Who runs tests that have to fail has less of it. */
const PATIENCE = Number(process.env['TSGI_TEST_PATIENCE'] ?? 10_000);

export interface Waiting {
  /** Milliseconds until the wait fails. */
  within?: number;
}

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 2));

/** Polls until `probe` answers something truthy, and answers that. Fails naming `what` when the time is over. */
export async function until<T>(
  what: string | (() => string),
  probe: () => T | Promise<T>,
  { within = PATIENCE }: Waiting = {},
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const deadline = performance.now() + within;
  for (;;) {
    const answer = await probe();
    if (answer) {
      return answer as Exclude<T, undefined | null | false | 0 | ''>;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${within} ms for ${typeof what === 'string' ? what : what()}`);
    }
    await turn();
  }
}

/** A promise that fails, naming `what`, when it does not settle in time. */
export async function bounded<T>(what: string, promise: Promise<T>, { within = PATIENCE }: Waiting = {}): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${within} ms for ${what}`)), within);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
