import { TsgiError } from '../spec';

/**
 * Calls the server, unless the exchange has ended: its objects may not know that yet, and an application of Node may answer
 * a client that has left. It hears of it by `close`.
 */
export function unlessExpired<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof TsgiError && error.code === 'TSGI_EXPIRED') {
      return undefined;
    }
    throw error;
  }
}
