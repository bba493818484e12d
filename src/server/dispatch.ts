import { setTimeout as delay } from 'node:timers/promises';
import { App, type LoadApplication } from './app';
import { slotOf, type AppFacts, type Binding, type Callbacks, type Handle } from './binding';
import { EnvironMaker } from './environ';
import { Exchange, type ExchangeOwner } from './exchange';
import { Tags } from './log-tags';
import { describeError, NO_SCOPE, report, type LogScope } from './report';

/**
 * How long the stop of an isolate waits for closings that do not settle, such as the `return()` of a generator that
 * awaits something for ever, before it goes on to the applications' `close()`; milliseconds. The host bounds the whole.
 */
const STOP_PATIENCE = 1000;

/** What an isolate is besides its applications. */
export interface Surroundings {
  /** Called for each application, before any of its code runs. */
  opened(script: string): void;
  /** Begins when the stop does, and is awaited last. Never rejects. */
  farewell(): Promise<void>;
  /** Nothing of an application runs after this. */
  exit(): void;
}

/**
 * The callbacks of the native side: finds the exchange, or the application, that each of them is about.
 *
 * One for each isolate. `exchanges` holds every live exchange at its slot; a callback with a handle that is not there is
 * about one that has ended, and is dropped.
 */
export class Dispatch implements ExchangeOwner {
  readonly #exchanges: Array<Exchange | undefined> = [];
  readonly #apps: Array<App | undefined> = [];
  readonly #environs: EnvironMaker;
  #live = 0;
  #closing = 0;
  #idle: Array<() => void> = [];

  constructor(
    readonly binding: Binding,
    private readonly loader: LoadApplication,
    private readonly guest?: Surroundings,
  ) {
    this.#environs = new EnvironMaker(binding);
  }

  /** What records of the isolate as a whole belong to: its first application. */
  get scope(): LogScope {
    return this.#apps.find((app) => app !== undefined) ?? NO_SCOPE;
  }

  /** Starts what the isolate needs before it takes the place of another one, and says whether it can. */
  async come(): Promise<void> {
    const apps = this.#apps.filter((app) => app?.facts.preload === true) as App[];
    await Promise.all(apps.map((app) => app.load()));
    const broken = apps.find(({ facts, failure }) => facts.required === true && failure !== '');
    if (broken === undefined) {
      this.binding.arrived();
    } else {
      this.binding.failed(broken.failure);
    }
  }

  /** Exchanges that have not ended. */
  get live(): number {
    return this.#live;
  }

  /** Live exchanges, and promises of closings that have not settled. */
  get unsettled(): number {
    return this.#live + this.#closing;
  }

  /** Resolves when nothing is live or unsettled. */
  async settled(): Promise<void> {
    while (this.unsettled > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  /** The table that the native side calls. */
  callbacks(): Callbacks {
    return {
      begin: (handle, app, flags, text, words) => {
        this.#begin(handle, app, flags, text, words);
      },
      body: (handle, chunk) => this.#find(handle)?.input.push(chunk),
      bodyEnd: (handle, status) => this.#find(handle)?.input.finish(status),
      credit: (handle) => this.#find(handle)?.credit(),
      abort: (handle, reason) => this.#find(handle)?.cut(reason),
      open: (facts) => {
        this.#open(facts);
      },
      stop: () => {
        void this.#stop();
      },
    };
  }

  ended(exchange: Exchange): void {
    const slot = slotOf(exchange.handle);
    if (this.#exchanges[slot] === exchange) {
      this.#exchanges[slot] = undefined;
      this.#live--;
      this.#notify();
    }
  }

  closing(): () => void {
    this.#closing++;
    return () => {
      this.#closing--;
      this.#notify();
    };
  }

  #find(handle: Handle): Exchange | undefined {
    const exchange = this.#exchanges[slotOf(handle)];
    return exchange !== undefined && exchange.handle === handle ? exchange : undefined;
  }

  #begin(handle: Handle, id: number, flags: number, text: string, words: Uint32Array): void {
    const app = this.#apps[id];
    if (app === undefined) {
      report(this.binding, { handle, appId: 0 }, Tags.Internal, `no application has the number ${id}`);
      this.binding.end(handle, 503);
      return;
    }
    const exchange = new Exchange(this, handle, app.facts, flags);
    this.#exchanges[slotOf(handle)] = exchange;
    this.#live++;
    try {
      exchange.environ = this.#environs.make(exchange, text, words);
      app.admit(exchange);
    } catch (error) {
      report(this.binding, exchange, Tags.Internal, (error as Error).stack ?? describeError(error));
      exchange.refuse(500, 'error');
    }
  }

  #open(facts: AppFacts): void {
    const app = new App(this.binding, facts, this.loader);
    this.#apps[facts.id] = app;
    this.guest?.opened(facts.script);
    if (facts.preload) {
      void app.load();
    }
  }

  async #stop(): Promise<void> {
    const farewell = this.guest?.farewell();
    try {
      for (const exchange of this.#exchanges) {
        exchange?.refuse(503, 'shutdown');
      }
      await Promise.race([this.settled(), delay(STOP_PATIENCE, undefined, { ref: false })]);
      await Promise.all(this.#apps.map((app) => app?.close() ?? Promise.resolve()));
    } catch (error) {
      report(this.binding, NO_SCOPE, Tags.Internal, describeError(error));
    }
    await farewell;
    this.guest?.exit();
    this.binding.stopped();
  }

  #notify(): void {
    if (this.#idle.length > 0 && this.unsettled === 0) {
      const idle = this.#idle;
      this.#idle = [];
      for (const resolve of idle) {
        resolve();
      }
    }
  }
}
