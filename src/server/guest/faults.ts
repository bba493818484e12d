import type { Binding } from '../binding';
import { current } from '../context';
import { Tags } from '../log-tags';
import { describeError, NO_SCOPE, report, summarizeError } from '../report';

const EVENT = 'uncaughtException';

/** The parts of `process` that Node has always let others replace. */
interface Replaceable {
  /** Called by Node with everything that nothing catches; false lets the process die. */
  _fatalException(error: unknown, fromPromise: boolean): boolean;
  /** What `process.exit` comes to, after the 'exit' listeners. */
  reallyExit(code?: number): never;
  abort(): never;
}

/** Ends the isolate. */
export interface Ending {
  /** Whether the host has asked the isolate to stop: an application that then exits does what it should. */
  readonly stopping: boolean;
  /** Called before the end, for output that waits. */
  beforeEnd(): void;
}

/**
 * What would end a process of its own ends the isolate here: the exchanges of its applications fail and it is replaced,
 * while the server goes on. Listeners for 'uncaughtException' and 'unhandledRejection', the capture callback, and
 * `--unhandled-rejections` work as they do in Node, since Node's own code runs first. Returns what ends it for a reason
 * that is a call.
 */
export function installFaults(binding: Binding, ending: Ending): (reason: string) => void {
  const target = process as unknown as Replaceable;
  const handle = target._fatalException.bind(process);

  const end = (error: unknown): void => {
    report(binding, current.getStore() ?? NO_SCOPE, Tags.UncaughtException, describeError(error));
    ending.beforeEnd();
    binding.die(`nothing caught: ${summarizeError(error)}`);
  };

  // Node restores its own state only for an exception that some listener has handled, and aborts the process if it goes
  // on without. So where the application has no listener, one of ours is there for as long as Node looks.
  target._fatalException = (error, fromPromise) => {
    const alone = process.listenerCount(EVENT) === 0;
    if (alone) {
      process.on(EVENT, end);
    }
    try {
      if (handle(error, fromPromise)) {
        return true;
      }
      end(error);
    } catch (thrown) {
      // A listener of the application has thrown; the listeners go, and this one ends it.
      process.setUncaughtExceptionCaptureCallback(null);
      process.removeAllListeners(EVENT);
      process.on(EVENT, end);
      handle(thrown, false);
    } finally {
      if (alone) {
        process.removeListener(EVENT, end);
      }
    }
    return true;
  };

  const leave = (call: string): void => {
    ending.beforeEnd();
    if (ending.stopping) {
      binding.stopped();
    } else {
      const where = describeError(new Error(`${call} was called`));
      report(binding, current.getStore() ?? NO_SCOPE, Tags.ProcessExit, where);
      binding.die(`${call} was called`);
    }
  };
  target.reallyExit = ((code = 0) => {
    leave(`process.exit(${code})`);
  }) as Replaceable['reallyExit'];
  target.abort = (() => {
    leave('process.abort()');
  }) as Replaceable['abort'];
  return leave;
}
