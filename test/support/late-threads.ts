/** Threads of ours that end late in a server, and what it says of them when it exits: test/native/late_threads.c. */
import { join } from 'node:path';
import { nativePaths } from '../../scripts/lib/paths.mjs';

/** A sanitizer, too, wants its own library to be the one that is preloaded. */
export const canPreload = process.env['TSGI_SANITIZE'] === undefined;

export const lateThreads = (milliseconds: number) => ({
  LD_PRELOAD: join(nativePaths().native, 'test/libraries/late_threads.so'),
  LATE: String(milliseconds),
});

/** What it says. */
export const lateWords = /exit\(\) while|exit handlers/;

/** How many threads of how many were alive, for each process that left. */
export const exitsIn = (log: string) => log.match(/(?<=exit\(\) while )\d+ of \d+/g) ?? [];

/** How many processes came to the last of their exit handlers. */
export const handlersIn = (log: string) => (log.match(/exit handlers have run/g) ?? []).length;
