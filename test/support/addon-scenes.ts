/** Exchanges of test/apps/misery.mjs under the fake host, each with what its host has seen, and what is open when all are over. */
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Binding } from '../../src/server/binding';
import {
  Abort,
  type App,
  bootIsolate,
  type FakeHost,
  type FakeHostOptions,
  type Group,
  makeFakeHost,
  type Message,
  plainView,
  View,
} from './fake-host';
import { until } from './until';

export const SCENES = [
  'array', 'large', 'stream', 'heavy', 'write', 'echo', 'read', 'late', 'fail', 'fail-late', 'file', 'handle', 'short', 'hints',
]; // prettier-ignore

/** The size of the whole response, where it says whether bytes are missing. */
export const WHOLE: Record<string, number> = { array: 5, large: 300_000, heavy: 1_000_000 };

const NO_MEMORY = -5;

/** One exchange, as its host has seen it. */
export interface Seen {
  number: number;
  messages: string[];
  bytes: Buffer[];
  /** Status of the head; 0: there was none. */
  status: number;
  /** Status of END; undefined: it has not come. */
  end: number | undefined;
  /** The host has left, and hears no more. */
  left: boolean;
}

export interface Beginning {
  /** The host ends it when so many messages were delivered; 0: before the isolate has seen BEGIN. */
  abortAfter?: number;
  /** Whether credit for what was delivered comes back, and at once. */
  repay?: () => boolean;
  /** Empty: there is none, and BEGIN says so. */
  body?: string;
}

export interface Hooks {
  /** What `src/server` gets instead of the binding. */
  wrap?: (binding: Binding) => Binding;
  /** The host is about to send a message of this kind. */
  beforeSend?: (kind: 'BODY' | 'BODY_END' | 'CREDIT', seen: Seen) => void;
}

export class SceneHost {
  readonly host: FakeHost;
  readonly #app: App;
  readonly #watchers = new Map<number, (message: Message) => void>();

  constructor(
    options: FakeHostOptions,
    private readonly hooks: Hooks = {},
  ) {
    this.host = makeFakeHost(options, (message) => {
      this.#watchers.get(message.number)?.(message);
    });
    const group = this.host.group({ name: 'scenes' }) as Group;
    bootIsolate(group, hooks.wrap);
    this.#app = this.host.app(group, { script: join(__dirname, '../apps/misery.mjs') }) as App;
  }

  /** Begins a request of this scene. Its number is negative when the host was refused. */
  begin(scene: string, { abortAfter, repay = () => true, body = 'some body' }: Beginning = {}): Seen {
    const seen: Seen = { number: 0, messages: [], bytes: [], status: 0, end: undefined, left: false };
    seen.number = this.host.begin(this.#app, {
      ...plainView(`/${scene}`),
      flags: body === '' ? View.EmptyBody : scene === 'echo' ? View.BodyLater : 0,
      ...(abortAfter === undefined ? {} : { abortAfter }),
    });
    if (seen.number < 0) {
      return seen;
    }
    let left = body;
    const feed = () => {
      const wanted = this.host.wanted(seen.number);
      if (left === '' || wanted <= 0) {
        return;
      }
      this.hooks.beforeSend?.('BODY', seen);
      if (this.host.body(seen.number, Buffer.from(left.slice(0, wanted))) === NO_MEMORY) {
        this.leave(seen); // as a server does that cannot hand over what the client has sent
        return;
      }
      left = left.slice(wanted);
      if (left === '') {
        this.hooks.beforeSend?.('BODY_END', seen);
        this.host.bodyEnd(seen.number, 0);
      }
    };
    this.#watchers.set(seen.number, (message) => {
      this.#take(seen, message, repay);
      if (message.kind === 'want') {
        feed();
      }
    });
    feed();
    return seen;
  }

  /** The host ends the exchange and hears no more of it. The answer is that of exchange_abort. */
  leave(seen: Seen, reason: number = Abort.Client): number {
    seen.left = true;
    this.#watchers.delete(seen.number);
    return this.host.abort(seen.number, reason);
  }

  /** The host hears no more of an exchange that it has ended. */
  forget(seen: Seen): void {
    this.#watchers.delete(seen.number);
  }

  /** What the application still has open, once it has settled. */
  async whenAllIsClosed(): Promise<void> {
    let last = '';
    await until(
      () => `everything to be closed, there is still ${last}; live ${this.host.live()}`,
      async () => {
        const seen = this.begin('_open');
        await until('an answer', () => seen.end !== undefined);
        last = Buffer.concat(seen.bytes).toString();
        const open = JSON.parse(last) as Record<string, number>;
        return Object.values(open).every((count) => count === 0) && this.host.live() === 0;
      },
    );
  }

  stop(): void {
    this.host.stop();
  }

  #take(seen: Seen, message: Message, repay: () => boolean): void {
    if (message.kind === 'log') {
      return;
    }
    seen.messages.push(message.kind);
    if (message.kind === 'start') {
      seen.status = message.amount;
    } else if (message.kind === 'end') {
      seen.end = message.amount;
      this.#watchers.delete(seen.number);
    } else if (message.bytes) {
      seen.bytes.push(message.bytes);
      if (repay()) {
        this.hooks.beforeSend?.('CREDIT', seen);
        this.host.credit(seen.number, message.amount);
      }
    }
  }
}

/** A response that calls itself complete must be. */
export function expectHonest(scene: string, seen: Seen): void {
  const size = WHOLE[scene];
  if (seen.end === 0 && size !== undefined) {
    expect(Buffer.concat(seen.bytes).length).toBe(size);
  }
}
