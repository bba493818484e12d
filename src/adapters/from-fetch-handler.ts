import type { Application, Body, Chunk, Environ } from '../spec';
import { fetchRequest } from './fetch-request';
import { bodyOf, headersOf, isResponse, statusOf } from './fetch-response';

/** The second argument of a handler: where a handler on other platforms finds its bindings. */
export interface FetchEnvironment {
  /** environ of the exchange. */
  readonly environ: Environ;
}

/** The third argument of a handler. */
export interface FetchContext {
  /**
   * What the promise stands for goes on after the response; the server waits for it when it drains the application. Call
   * it before the response is returned, or while its stream goes on.
   */
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
    const context = new Context(environ);
    const response: unknown = await answer(fetchRequest(environ, stripMount), { environ }, context);
    if (!isResponse(response)) {
      throw new TypeError(`a fetch handler must return a Response, not ${typeof response}`);
    }
    // The headers first: the Response of @hono/node-server forgets those that were added when it is asked for more.
    const headers = headersOf(response);
    startResponse(statusOf(response), headers);
    return closedBy(context, await bodyOf(response));
  };
}

/** Lets the server wait for the promises of `waitUntil`: an exchange is settled when the body's `close()` is. */
function closedBy(context: Context, body: Body): Body {
  const close = (): Promise<void> => context.settled();
  if (Array.isArray(body)) {
    return context.waiting ? Object.assign(body, { close }) : body;
  }
  const stream = body as AsyncIterable<Chunk>;
  return Object.assign({ [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator]() }, { close });
}

class Context implements FetchContext {
  readonly #pending: Array<Promise<void>> = [];

  constructor(private readonly environ: Environ) {}

  get waiting(): boolean {
    return this.#pending.length > 0;
  }

  waitUntil(promise: unknown): void {
    const settled = Promise.resolve(promise).then(
      () => undefined,
      (error: unknown) => {
        this.environ['tsgi.errors'].write(`waitUntil: ${error instanceof Error ? error.stack : String(error)}\n`);
      },
    );
    this.#pending.push(settled);
  }

  passThroughOnException(): void {}

  /** Resolves when everything has settled, what was added meanwhile too. Never rejects. */
  async settled(): Promise<void> {
    for (let first = this.#pending.shift(); first !== undefined; first = this.#pending.shift()) {
      await first;
    }
  }
}
