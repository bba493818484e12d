import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogScope } from './report';

/**
 * Whose code is running: the exchange, or the application while it is loaded, started or closed. There is one storage
 * in an isolate; `console` and `process.stdout` find out by it where their lines belong.
 */
export const current = new AsyncLocalStorage<LogScope>();
