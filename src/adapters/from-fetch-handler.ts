import type { Application, Environ } from '../spec';
import { fetchRequest } from './fetch-request';
import { bodyOf, headersOf, isResponse, statusOf } from './fetch-response';

/** The second argument of a handler: where a handler on other platforms finds its bindings. */
export interface FetchEnvironment {
  /** environ of the exchange. */
  readonly environ: Environ;
}

/** The third argument of a handler. */
export interface FetchContext {
  /** What the promise stands for goes on after the response; the application is not closed before it has settled. */
  waitUntil(promise: unknown): void;
  /** For handlers written for platforms that have it; does nothing: an exception is the server's 500. */
  passThroughOnException(): void;
}

export type FetchFunction = (
  request: Request,
  env: FetchEnvironment,
  context: FetchContext,
) => Response | Promise<Response>;

/** A handler: the function, or what has it as its method `fetch` (a Hono application, `export default { fetch }`). */
export type FetchHandler = FetchFunction | { fetch: FetchFunction };

export interface FromFetchHandlerOptions {
  /** Whether `request.url` lacks the mount prefix; on unless told. It is in `env.environ.SCRIPT_NAME`. */
  stripMount?: boolean;
}

/**
 * Makes a TSGI application of a fetch handler.
 *
 *     export const application = fromFetchHandler((request) => new Response(`hello ${new URL(request.url).pathname}`));
 */
export function fromFetchHandler(
  handler: FetchHandler,
  { stripMount = true }: FromFetchHandlerOptions = {},
): Application {
  const answer: FetchFunction =
    typeof handler === 'function' ? handler : (request, env, context) => handler.fetch(request, env, context);
  return async (environ, startResponse) => {
    const response: unknown = await answer(fetchRequest(environ, stripMount), { environ }, new Context(environ));
    if (!isResponse(response)) {
      throw new TypeError(`a fetch handler must return a Response, not ${typeof response}`);
    }
    startResponse(statusOf(response), headersOf(response));
    return bodyOf(response);
  };
}

class Context implements FetchContext {
  #pending: Array<Promise<void>> | undefined;

  constructor(private readonly environ: Environ) {}

  waitUntil(promise: unknown): void {
    const settled = Promise.resolve(promise).then(
      () => undefined,
      (error: unknown) => {
        this.environ['tsgi.errors'].write(`waitUntil: ${error instanceof Error ? error.stack : String(error)}\n`);
      },
    );
    if (this.#pending !== undefined) {
      this.#pending.push(settled);
      return;
    }
    const pending = (this.#pending = [settled]);
    try {
      // The server counts an exchange as unsettled until the promise of this callback has settled.
      this.environ['tsgi.on_finish']?.(async () => {
        for (let first = pending.shift(); first !== undefined; first = pending.shift()) {
          await first;
        }
      });
    } catch {
      // The exchange has ended: nothing waits for what begins now.
    }
  }

  passThroughOnException(): void {}
}
