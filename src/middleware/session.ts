import type { ErrorStream } from '../spec';
import { newId } from './session-cookie';
import type { SessionStore } from './session-store';

/** What an application has of its session. */
export interface Session<Data extends object = Record<string, unknown>> {
  /** Whatever JSON can hold. It is saved when it was changed; the session begins when there is something in it. */
  data: Data;
  /** Gives the session another id, and a new life: for the moment at which somebody gains rights. Before `startResponse`. */
  regenerate(): void;
  /** Ends the session and empties `data`; what is put there afterwards begins another one. */
  destroy(): void;
  /** Saves now, where the application cannot wait for the middleware to do it. */
  save(): Promise<void>;
}

/** How long sessions live, in seconds. */
export interface Lifetime {
  readonly idle: number;
  readonly absolute: number;
  readonly rolling: boolean;
}

/** What the store keeps of a session. */
interface Saved {
  readonly id: string;
  /** The data as JSON. */
  readonly json: string;
}

const EMPTY = '{}';

/**
 * The session of one exchange, made by `sessions` from what the store has. It ends with the exchange: what is done to it
 * later is not saved. It changes its id only until the response is started, for the cookie is in the head.
 */
export class ExchangeSession implements Session {
  #data: object = {};
  #id: string | undefined;
  #created = now();
  /** As it stands in the store; undefined when it does not. */
  #saved: Saved | undefined;
  /** Ids that were given up and are still in the store. */
  readonly #retired: string[] = [];
  /** The browser does not have this id yet. */
  #renamed = false;
  #accessed = false;
  #started = false;
  #touched = false;
  /** It was said that there is no cookie for what was begun too late. */
  #lost = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: SessionStore,
    private readonly lifetime: Lifetime,
    private readonly errors: ErrorStream,
  ) {}

  /** Takes over what the store has of this id, unless it is over or is none of ours. */
  resume(id: string, text: string): void {
    const { created, data } = parse(text);
    if (!(created + this.lifetime.absolute > now())) {
      this.#retired.push(id);
      return;
    }
    this.#id = id;
    this.#created = created;
    this.#data = data;
    this.#saved = { id, json: JSON.stringify(data) };
  }

  get data(): Record<string, unknown> {
    this.#accessed = true;
    return this.#data as Record<string, unknown>;
  }

  set data(value: Record<string, unknown>) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError('the data of a session must be an object');
    }
    this.#accessed = true;
    this.#data = value;
  }

  regenerate(): void {
    if (this.#started) {
      throw new Error('the session cannot be regenerated: the response is started, and its head has the cookie');
    }
    this.#accessed = true;
    this.#retire();
  }

  destroy(): void {
    this.#accessed = true;
    this.#retire();
    this.#data = {};
  }

  /** Saves what has to be; once after the other, however often it is called. */
  save(): Promise<void> {
    this.#saving = this.#saving.catch(ignore).then(() => this.#persist());
    this.#saving.catch(ignore); // who calls `save` and does not wait has been told by the next one
    return this.#saving;
  }

  /** Whether `save` has something to do. */
  get isPending(): boolean {
    const json = JSON.stringify(this.#data);
    const isChanged =
      this.#saved === undefined ? this.#id !== undefined || (json !== EMPTY && !this.#lost) : json !== this.#saved.json;
    return isChanged || this.#retired.length > 0 || this.#mayBeTouched;
  }

  /** Whether each request gives it a longer life. */
  get rolls(): boolean {
    return this.lifetime.rolling;
  }

  /** Whether the response depends on the cookie. */
  get isAccessed(): boolean {
    return this.#accessed;
  }

  /** How long it lives from now, in seconds. */
  get left(): number {
    return Math.max(1, Math.min(this.lifetime.idle, this.#created + this.lifetime.absolute - now()));
  }

  /**
   * The head is made: gives an id to a session that has begun.
   *
   * @returns the id, and whether the browser does not know it; undefined where there is no session.
   */
  start(): { id: string; isRenamed: boolean } | undefined {
    this.#name();
    this.#started = true;
    return this.#id === undefined ? undefined : { id: this.#id, isRenamed: this.#renamed };
  }

  get #mayBeTouched(): boolean {
    return this.lifetime.rolling && this.#saved !== undefined && !this.#touched;
  }

  #name(): void {
    if (!this.#started && this.#id === undefined && JSON.stringify(this.#data) !== EMPTY) {
      this.#id = newId();
      this.#created = now();
      this.#renamed = true;
    }
  }

  #retire(): void {
    if (this.#saved !== undefined) {
      this.#retired.push(this.#saved.id);
    }
    this.#saved = undefined;
    this.#id = undefined;
  }

  async #persist(): Promise<void> {
    for (let id = this.#retired[0]; id !== undefined; id = this.#retired[0]) {
      await this.store.delete(id);
      this.#retired.shift();
    }
    this.#name();
    const json = JSON.stringify(this.#data);
    if (this.#id === undefined) {
      if (json !== EMPTY && !this.#lost) {
        this.#lost = true;
        this.errors.write('sessions: a session that began after startResponse is lost: its head had no cookie\n');
      }
      return;
    }
    const id = this.#id;
    const text = `{"created":${this.#created},"data":${json}}`;
    if (this.#saved === undefined) {
      await this.store.create(id, text, this.left);
    } else if (this.#saved.json !== json) {
      await this.store.update(id, text, this.left);
    } else if (this.#mayBeTouched) {
      await this.store.touch(id, this.left);
    } else {
      return;
    }
    this.#touched = true;
    this.#saved = { id, json };
  }
}

/** What `persist` wrote; what something else wrote was created at no time, and is over. */
function parse(text: string): { created: number; data: object } {
  try {
    const { created, data } = Object(JSON.parse(text)) as { created: unknown; data: unknown };
    if (typeof created === 'number' && typeof data === 'object' && data !== null) {
      return { created, data };
    }
  } catch {
    // It is not even JSON.
  }
  return { created: NaN, data: {} };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function ignore(): void {}
