import type { Application } from '../spec';
import { AppState, Status, type AppFacts, type Binding } from './binding';
import { current } from './context';
import type { Exchange } from './exchange';
import { Tags, type LogTag } from './log-tags';
import { describeError, report, summarizeError, type LogScope } from './report';
import { warmUp } from './warm-up';

/** What a loader makes of a script. */
export interface LoadedApplication {
  /** Runs the module's `init()`, once; resolves with the application when it may be called. */
  start(): Promise<Application>;
  /** Runs the module's `close()`, once. */
  close(): Promise<void>;
}

/** Says how far a load is: what it means if it goes no further. */
export type Progress = (stuck: LoadError) => void;

/** Finds and loads applications. What it throws may name the tag to log it under. */
export type LoadApplication = (facts: AppFacts, progress: Progress) => Promise<LoadedApplication>;

/** An error of a loader that has a tag of its own. */
export class LoadError extends Error {
  constructor(
    message: string,
    readonly logTag: LogTag,
  ) {
    super(message);
    this.name = 'LoadError';
  }
}

/**
 * One application of this isolate.
 *
 * Made when the host opens it; lives as long as the isolate. Exchanges that come while it is loading wait here, for
 * `startupTimeout` at most, and are the host's to withdraw until it is ready.
 */
export class App implements LogScope {
  /**
   *     idle ── load ──▶ loading ──▶ ready
   *                         │          ▲ it was only late
   *                         └──────▶ failed
   */
  #state: 'idle' | 'loading' | 'ready' | 'failed' = 'idle';
  #loading: Promise<void> = Promise.resolve();
  #queue: Exchange[] = [];
  #loaded: LoadedApplication | undefined;
  #application: Application | undefined;
  /** One line: why it failed. */
  #failure = '';

  readonly handle = 0;

  constructor(
    private readonly binding: Binding,
    readonly facts: AppFacts,
    private readonly loader: LoadApplication,
  ) {}

  get appId(): number {
    return this.facts.id;
  }

  /** One line: why it could not be loaded. Empty: it could, or nobody has tried. */
  get failure(): string {
    return this.#failure;
  }

  /** Runs an exchange, now or when the application is ready. */
  admit(exchange: Exchange): void {
    switch (this.#state) {
      case 'ready':
        exchange.run(this.#application as Application);
        return;
      case 'failed':
        report(this.binding, exchange, Tags.NotServed, this.#failure);
        exchange.refuse(503, 'error');
        return;
      default:
        this.#queue.push(exchange);
        void this.load();
    }
  }

  /** Begins to load, unless that was done before. Resolves when it is ready or has failed; never rejects. */
  load(): Promise<void> {
    if (this.#state === 'idle') {
      this.#state = 'loading';
      this.binding.note(this.appId, AppState.Loading);
      this.#loading = current.run(this, () => this.#load());
    }
    return this.#loading;
  }

  /** Runs the module's `close()`; never rejects. */
  async close(): Promise<void> {
    if (this.#loaded === undefined) {
      return;
    }
    try {
      await current.run(this, () => this.#loaded?.close());
    } catch (error) {
      report(this.binding, this, Tags.CloseFailed, describeError(error));
    }
  }

  async #load(): Promise<void> {
    let tag: LogTag = Tags.LoadFailed;
    let stuck = new LoadError('its modules have not been evaluated', Tags.StartupTimeout);
    const timer = this.#limit(() => {
      this.#late(stuck);
    });
    try {
      const loaded = await this.loader(this.facts, (further) => {
        stuck = further;
      });
      tag = Tags.InitFailed;
      this.#application = await loaded.start();
      this.#loaded = loaded;
      await this.#warmUp(this.#application);
    } catch (error) {
      this.#failed(error instanceof LoadError ? error.logTag : tag, error);
      return;
    } finally {
      clearTimeout(timer);
    }
    if (this.#state === 'failed') {
      report(this.binding, this, Tags.StartedLate, `${this.facts.script}: it has come up after all and is served`);
    }
    this.#state = 'ready';
    this.binding.note(this.appId, AppState.Ready);
    for (const exchange of this.#takeQueue()) {
      exchange.run(this.#application);
    }
  }

  /** A failure keeps the application away where there is one that has proven itself, and only there. */
  async #warmUp(application: Application): Promise<void> {
    try {
      if (this.facts.warmUp !== undefined) {
        await warmUp(this.binding, this.facts, application);
      }
    } catch (error) {
      const { message } = error as Error;
      if (this.binding.coming && this.facts.required === true) {
        throw new LoadError(message, Tags.WarmUpFailed);
      }
      report(this.binding, this, Tags.WarmUpFailed, `${this.facts.script}: ${message}`);
    }
  }

  /** Calls `late` when the time is over that a load may take. */
  #limit(late: () => void): NodeJS.Timeout | undefined {
    const { startupTimeout } = this.binding;
    return startupTimeout > 0 ? setTimeout(late, startupTimeout).unref() : undefined;
  }

  #late(stuck: LoadError): void {
    const within = `within ${this.binding.startupTimeout / 1000} s`;
    const text = stuck.logTag === Tags.StartupTimeout ? `${stuck.message} ${within}` : `${within}, ${stuck.message}`;
    this.#failed(stuck.logTag, new LoadError(text, stuck.logTag));
  }

  #failed(tag: LogTag, error: unknown): void {
    const what = error instanceof LoadError ? error.message : describeError(error);
    const summary = error instanceof LoadError ? error.message : summarizeError(error);
    this.#state = 'failed';
    this.#failure = `${this.facts.script}: ${summary}`;
    report(this.binding, this, tag, `${this.facts.script}: ${what}`);
    this.binding.note(this.appId, AppState.Failed);
    for (const exchange of this.#takeQueue()) {
      report(this.binding, exchange, Tags.NotServed, this.#failure);
      exchange.refuse(503, 'error');
    }
  }

  /**
   * What waited, each taken only when its turn has come: what stands behind an application that blocks its thread is the
   * host's to withdraw. Nothing waits here any more.
   */
  *#takeQueue(): Generator<Exchange> {
    const queue = this.#queue;
    this.#queue = [];
    this.binding.ready(this.facts.id);
    for (const exchange of queue) {
      if (this.binding.take(exchange.handle) === Status.Ok) {
        yield exchange;
      }
    }
  }
}
