import { AsyncResource } from 'node:async_hooks';
import {
  checkBody,
  checkFinishCallback,
  checkStarted,
  isThenable,
  TsgiError,
  type Application,
  type Body,
  type Environ,
  type FinishReason,
} from '../spec';
import { AbortReason, BeginFlag, Status, type AppFacts, type Binding, type Handle } from './binding';
import { beginBody } from './body';
import { closeBody, discardBody, type FinishCallback } from './closing';
import { current } from './context';
import { ErrorStream } from './error-stream';
import { InputBuffer } from './input-buffer';
import { Tags } from './log-tags';
import type { Pump } from './pump';
import { describeError, report, tagOfFailure, type LogScope } from './report';
import { expired, Response } from './response';

/** What an exchange needs of the isolate it lives in. */
export interface ExchangeOwner {
  readonly binding: Binding;
  /** The exchange has ended: its handle names nothing any more. */
  ended(exchange: Exchange): void;
  /** Something of a closing has yet to settle; the returned function says that it has. */
  closing(): () => void;
}

/**
 * One request and its response.
 *
 * Made by     dispatch, when BEGIN arrives
 * Owned by    dispatch's table, until it has ended; whatever the application keeps of its environ points here
 * Ended by    the end of the body, a failure, or the host (`cut`), whichever comes first; exactly once, in `#over`
 * Late calls  through `startResponse`, `write`, `tsgi.*` get `TSGI_EXPIRED`; late callbacks of the host do not find it
 */
export class Exchange implements LogScope {
  readonly response = new Response(this);
  readonly input: InputBuffer;
  readonly errors: ErrorStream;
  /** Whether the request is HEAD (for which middleware may have shown the application a GET). */
  readonly head: boolean;
  /** Whether the body was pulled: `write` is over then. */
  pulled = false;
  /** Made by dispatch, given to the application, then forgotten. */
  environ: Environ | undefined;

  #body: Body;
  /** What pulls the body, while that goes on. */
  #pump: Pump | undefined;
  /** What goes on when all that was handed over is inside the credit window. */
  #resume: (() => void) | undefined;
  /** The asynchronous context of the application, where `#resume` runs. */
  #resource: AsyncResource | undefined;
  #finish: FinishCallback[] | undefined;
  #controller: AbortController | undefined;
  #rawHeaders: string[] | undefined;
  #abort: TsgiError | undefined;
  /** What was logged already: it may come up through the application once more. */
  #failure: unknown;

  constructor(
    private readonly owner: ExchangeOwner,
    readonly handle: Handle,
    readonly facts: AppFacts,
    flags: number,
  ) {
    this.head = (flags & BeginFlag.Head) !== 0;
    this.input = new InputBuffer(owner.binding, handle, facts.window, flags);
    this.errors = new ErrorStream(this);
  }

  get binding(): Binding {
    return this.owner.binding;
  }

  get appId(): number {
    return this.facts.id;
  }

  get ended(): boolean {
    return this.response.state === 'ended';
  }

  /** Calls the application, once. */
  run(application: Application): void {
    const environ = this.environ;
    this.environ = undefined;
    if (environ !== undefined && !this.ended) {
      current.run(this, call, this, application, environ);
    }
  }

  /** Takes what the application returned, or what its promise came to. */
  deliver(body: unknown): void {
    if (this.ended) {
      discardBody(this, this.owner, body);
      return;
    }
    try {
      const violation = checkBody(body);
      if (violation !== undefined) {
        throw TsgiError.of(violation);
      }
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#body = body as Body;
    if (this.response.accepted) {
      this.#begin();
    } else {
      this.waitFor(() => {
        this.#begin();
      });
    }
  }

  /** Notes what pulls the body; it is returned when the exchange ends early. */
  pulledBy(pump: Pump): void {
    this.#pump = pump;
  }

  /** Runs `resume` when everything that was handed over is inside the credit window. */
  waitFor(resume: () => void): void {
    this.#resume = resume;
    this.#resource ??= new AsyncResource('TSGIExchange');
  }

  /** The host has room again. */
  credit(): void {
    if (!this.response.credit()) {
      return;
    }
    const resume = this.#resume;
    if (resume !== undefined && !this.ended) {
      this.#resume = undefined;
      this.#resource?.runInAsyncScope(resume);
    }
  }

  /** Sends a whole body at once, if it fits the window. False: it does not. */
  respond(body: string | Uint8Array | undefined): boolean {
    this.errors.flushRest();
    if (!this.response.respond(body)) {
      return this.ended;
    }
    this.#over('complete', false);
    return true;
  }

  /** The body has come to its natural end. */
  finish(): void {
    const violation = checkStarted(this.response.state);
    const shortage = violation === undefined ? this.response.shortage() : TsgiError.of(violation);
    if (shortage !== undefined) {
      this.fail(shortage);
    } else if (this.response.state === 'started') {
      this.respond(this.response.bodyless ? undefined : '');
    } else {
      this.#end('complete', false);
    }
  }

  /**
   * The response is complete before the body is: HEAD, a status without content, or the declared length. `early`
   * false leaves the iteration to the caller, who calls `close` when it is over.
   */
  suffice(early: boolean): void {
    this.errors.flushRest();
    this.binding.end(this.handle, 0);
    if (early) {
      this.#over('complete', true);
    } else {
      this.#expire(() => expired('an operation'));
    }
  }

  /** Closes the body after `suffice(false)`. */
  close(early: boolean): void {
    this.#close('complete', early);
  }

  /** Counts as unsettled until the returned function is called. */
  closing(): () => void {
    return this.owner.closing();
  }

  /** The application failed: the server's own page for 500, or a reset once the response is committed. */
  fail(error: unknown): void {
    if (this.ended) {
      this.#late(error);
      return;
    }
    this.#failure = error;
    const tag = tagOfFailure(error, this.response.state === 'committed');
    report(this.binding, this, tag, describeError(error));
    this.#end('error', true, 500);
  }

  /** The native side refused a message with this status. */
  refused(status: number): void {
    if (status === Status.Expired) {
      this.cut(AbortReason.Client);
    } else if (!this.ended) {
      report(this.binding, this, Tags.HeadRefused, `a message of the response was refused with status ${status}`);
      this.#end('error', true, 500);
    }
  }

  /** Ends the exchange with the server's own page; the application was not called or is being stopped. */
  refuse(status: number, reason: FinishReason): void {
    if (!this.ended) {
      this.#end(reason, true, status);
    }
  }

  /** The host has ended the exchange; the handle has expired already. */
  cut(reason: number): void {
    if (this.ended) {
      return;
    }
    const [finish, error] = describeAbort(reason);
    this.#abort = error;
    this.errors.flushRest();
    current.run(this, () => {
      this.#over(finish, true, error);
    });
  }

  /** `tsgi.on_finish`. */
  onFinish(callback: FinishCallback): void {
    if (this.ended) {
      throw expired('tsgi.on_finish');
    }
    TsgiError.check(checkFinishCallback(callback));
    (this.#finish ??= []).push(callback);
  }

  /** `tsgi.signal`: made when it is first asked for. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abort !== undefined) {
        this.#controller.abort(this.#abort);
      }
    }
    return this.#controller.signal;
  }

  /** `tsgi.raw_headers`: fetched when first asked for; empty when that is after the end. */
  get rawHeaders(): readonly string[] {
    this.#rawHeaders ??= this.binding.rawHeaders(this.handle) ?? [];
    return this.#rawHeaders;
  }

  #begin(): void {
    try {
      beginBody(this, this.#body);
    } catch (error) {
      this.fail(error); // a body whose properties throw when they are looked at
    }
  }

  #end(reason: FinishReason, early: boolean, status = 0): void {
    this.errors.flushRest();
    this.binding.end(this.handle, status);
    this.#over(reason, early);
  }

  /** The one end of every exchange. */
  #over(reason: FinishReason, early: boolean, abort?: TsgiError): void {
    this.#expire(() => abort ?? expired('an operation'), abort);
    this.#close(reason, early);
  }

  /** The handle is gone: whatever is pending rejects, later calls are refused. */
  #expire(error: () => TsgiError, abort?: TsgiError): void {
    this.response.state = 'ended';
    this.owner.ended(this);
    if (abort !== undefined) {
      this.#controller?.abort(abort);
    }
    this.input.expire(error);
    this.response.expire(error);
    this.#resume = undefined;
    this.environ = undefined;
  }

  #close(reason: FinishReason, early: boolean): void {
    const body = this.#body;
    const pump = this.#pump;
    const finish = this.#finish;
    this.#body = undefined;
    this.#pump = undefined;
    this.#finish = undefined;
    if (!early || pump === undefined) {
      closeBody(this, this.owner, { body, iteration: undefined, early, finish, reason });
      return;
    }
    pump.whenReturnable(() => {
      closeBody(this, this.owner, { body, iteration: pump, early, finish, reason });
    });
  }

  /** Something failed when nobody waited for it any more. */
  #late(error: unknown): void {
    if (error instanceof TsgiError && (error.code === 'TSGI_EXPIRED' || error.code === 'TSGI_CLIENT_GONE')) {
      return;
    }
    if (error === this.#failure || (error instanceof Error && error.name === 'AbortError')) {
      return;
    }
    report(this.binding, this, Tags.LateFailure, describeError(error));
  }
}

function call(exchange: Exchange, application: Application, environ: Environ): void {
  let body: unknown;
  try {
    body = application(environ, (status, headers, error) => exchange.response.start(status, headers, error));
    if (isThenable(body)) {
      Promise.resolve(body).then(
        (value) => {
          exchange.deliver(value);
        },
        (error: unknown) => {
          exchange.fail(error);
        },
      );
      return;
    }
  } catch (error) {
    exchange.fail(error);
    return;
  }
  exchange.deliver(body);
}

function describeAbort(reason: number): [FinishReason, TsgiError] {
  switch (reason) {
    case AbortReason.Timeout:
      return ['timeout', new TsgiError('TSGI_EXPIRED', 'the server ended this exchange: its time limit was reached')];
    case AbortReason.Stop:
      return ['shutdown', new TsgiError('TSGI_EXPIRED', 'the server ended this exchange: it is stopping')];
    default:
      return ['client_gone', new TsgiError('TSGI_CLIENT_GONE', 'the client went away')];
  }
}
