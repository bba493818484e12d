import type { Binding } from '../binding';
import { current } from '../context';
import { Tags } from '../log-tags';
import { describeError, NO_SCOPE, report, summarizeError } from '../report';

/** The parts of `process` that Node has always let others replace. */
interface Replaceable {
  /** Called by Node with everything that nothing catches; false lets the process die. */
  _fatalException(error: unknown, fromPromise: boolean): boolean;
  /** What `process.exit` comes to, after the 'exit' listeners. */
  reallyExit(code?: number): never;
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
 * while the server goes on. Listeners for 'uncaughtException' and 'unhandledRejection', and `--unhandled-rejections`,
 * work as they do in Node, since Node's own code runs first.
 */
export function installFaults(binding: Binding, ending: Ending): void {
  const target = process as unknown as Replaceable;
  const handle = target._fatalException.bind(process);

  target._fatalException = (error, fromPromise) => {
    const handled = tryToHandle(() => handle(error, fromPromise));
    if (handled === true) {
      return true;
    }
    const thrown = handled === false ? error : handled.thrown;
    report(binding, current.getStore() ?? NO_SCOPE, Tags.UncaughtException, describeError(thrown));
    ending.beforeEnd();
    binding.die(`nothing caught: ${summarizeError(thrown)}`);
    return true;
  };

  target.reallyExit = ((code = 0) => {
    ending.beforeEnd();
    if (ending.stopping) {
      binding.stopped();
    } else {
      const { stack } = new Error(`process.exit(${code}) was called`);
      report(binding, current.getStore() ?? NO_SCOPE, Tags.ProcessExit, stack ?? '');
      binding.die(`process.exit(${code}) was called`);
    }
  }) as Replaceable['reallyExit'];
}

/** A listener of the application may throw in its turn. */
function tryToHandle(handle: () => boolean): boolean | { thrown: unknown } {
  try {
    return handle();
  } catch (error) {
    return { thrown: error };
  }
}
