/**
 * The fake host leaves at every message of an exchange, in the call that sends it: this thread is the isolate's, so that
 * nothing can come in between. From before the isolate has seen BEGIN to after END; and when the scenes are through there
 * must have been one departure for each step of the order table.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Binding, Callbacks, Handle } from '../../src/server/binding';
import { SceneHost, SCENES, type Seen } from '../support/addon-scenes';
import { Can } from '../support/fake-host';
import { until } from '../support/until';
import { kindNamed, stateNamed, stepFrom, steps } from './order';

/** Follows one exchange by the order table, and ends it from the host's side before one of its messages. */
class Follower {
  /** Names of the steps before which the host left. */
  readonly left = new Set<string>();
  messages = 0;
  #handle: Handle = 0;
  #seen: Seen | undefined;
  #leaveAt = 0;
  #host = 0;
  #app = 0;

  /** The host leaves before the n-th message of this exchange; 0: never; 1 is BEGIN, which the isolate then never sees. */
  follow(scene: string, body: string, leaveAt: number): Seen {
    this.messages = 1;
    this.#handle = 0;
    this.#leaveAt = leaveAt;
    this.#host = stateNamed(body === '' ? 'fed' : 'open');
    this.#app = stateNamed('idle');
    this.#seen = undefined;
    const seen = scenes.begin(scene, { body, ...(leaveAt === 1 ? { abortAfter: 0 } : {}) });
    this.#seen = seen;
    if (leaveAt === 1) {
      this.left.add('NEW: BEGIN');
      this.#aborted();
    }
    return seen;
  }

  /** Binding and callbacks of the isolate, between which each message is told of. */
  wrap(binding: Binding): Binding {
    const told =
      <A extends unknown[]>(kinds: readonly string[], call: (handle: Handle, ...rest: A) => number) =>
      (handle: Handle, ...rest: A): number => {
        if (handle !== this.#handle || handle === 0) {
          return call(handle, ...rest);
        }
        this.#before(kinds[0] as string);
        const answer = call(handle, ...rest);
        if (answer >= 0) {
          kinds.forEach((kind) => this.#advance(kind));
        }
        return answer;
      };
    return {
      ...binding,
      attach: (callbacks: Callbacks) =>
        binding.attach({
          ...callbacks,
          begin: (handle, ...rest) => {
            if (this.#handle === 0) {
              this.#handle = handle;
            }
            callbacks.begin(handle, ...rest);
          },
        }),
      inform: told(['INFORM'], binding.inform),
      start: told(['START'], binding.start),
      respond: told(['START', 'DATA', 'END'], binding.respond),
      data: told(['DATA'], binding.data),
      file: told(['FILE'], binding.file),
      end: told(['END'], binding.end),
      want: told(['WANT'], binding.want),
      log: told(['LOG'], (handle, ...rest: [number, number, number, string]) => {
        binding.log(handle, ...rest);
        return 0;
      }),
    };
  }

  beforeSend(kind: string, seen: Seen): void {
    this.#seen = seen;
    this.#turn(this.#host, kind);
    if (kind === 'BODY_END') {
      this.#host = stateNamed('fed');
    }
  }

  #before(kind: string): void {
    this.#turn(this.#app, kind);
  }

  #turn(state: number, kind: string): void {
    const step = stepFrom(state, kindNamed(kind));
    if (step === undefined) {
      return; // the core will refuse it
    }
    this.messages++;
    if (this.messages === this.#leaveAt && this.#seen !== undefined) {
      this.left.add(step.name);
      this.#leave(this.#seen);
    }
  }

  #advance(kind: string): void {
    const step = stepFrom(this.#app, kindNamed(kind));
    this.#app = step?.next ?? this.#app;
    if (step?.next === stateNamed('over') && this.#leaveAt > this.messages && this.#seen !== undefined) {
      this.#leave(this.#seen); // after END, delivered or not
    }
  }

  #leave(seen: Seen): void {
    if (scenes.leave(seen) === 0) {
      this.#aborted();
    }
  }

  #aborted(): void {
    this.left.add(stepFrom(this.#host, kindNamed('ABORT'))?.name ?? 'no ABORT');
  }
}

const follower = new Follower();
let scenes: SceneHost;

beforeAll(() => {
  scenes = new SceneHost(
    { flags: Can.EarlyHints | Can.Sendfile, drainMax: 1, defer: true },
    { wrap: (binding) => follower.wrap(binding), beforeSend: (kind, seen) => follower.beforeSend(kind, seen) },
  );
});

afterAll(() => {
  scenes.stop();
});

const bodies = [
  ['no body', ''],
  ['a body', 'some body'],
  ['a body of more than a window', 'x'.repeat(700_000)],
] as const;

describe.each(bodies)('with %s', (_title, body) => {
  it.each(SCENES)('%s may be left at each message, and after the last', async (scene) => {
    const whole = follower.follow(scene, body, 0);
    await until('the whole exchange', () => whole.end !== undefined);
    const { messages } = follower;
    expect(messages).toBeGreaterThan(1);
    for (let message = 1; message <= messages + 1; message++) {
      const seen = follower.follow(scene, body, message);
      await until('the exchange to be over for the host', () => scenes.host.wanted(seen.number) < 0);
    }
    follower.follow('_open', '', 0);
    await scenes.whenAllIsClosed();
  });
});

describe('the order table', () => {
  /** What the binding cannot be brought to. */
  const unreachable: Record<string, string> = {
    'OVER: LOG': 'the handle of an exchange that is over names none: whoever logs by it logs for no exchange',
  };

  it.each(steps)('$name', ({ name }) => {
    expect(follower.left.has(name)).toBe(!(name in unreachable));
  });
});
