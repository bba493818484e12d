import { Level, type Binding } from '../binding';
import { makeEnvironment } from './environment';
import { Tags } from '../log-tags';
import { whenIdle } from '../loop';
import { describeError, NO_SCOPE, report } from '../report';
import { installFaults } from './faults';
import { makeInput } from './input';
import { LogStream } from './output';
import { installPorts } from './ports';
import { deliverSignal, detachSignals } from './signals';
import { installThread } from './thread';
import { installWarnings } from './warnings';
import { enterFolderOf } from './working-folder';

/**
 * Levels of what an application prints. `console.log` is logged at the level that servers write unless told otherwise,
 * as mod_wsgi does with `print`: what a program says shall not vanish.
 */
const STDOUT_LEVEL = Level.Error;
const STDERR_LEVEL = Level.Error;

/** Makes an application a guest in the process of a web server. Called once, before any of its code runs. */
export class Guest {
  /** Whether the host has asked the isolate to stop. */
  stopping = false;
  #entered = false;
  readonly #stdout: LogStream;
  readonly #stderr: LogStream;

  constructor(private readonly binding: Binding) {
    this.#stdout = new LogStream(binding, STDOUT_LEVEL, 1);
    this.#stderr = new LogStream(binding, STDERR_LEVEL, 2);
    replace('stdout', this.#stdout);
    replace('stderr', this.#stderr);
    replace('stdin', makeInput());
    replace('env', makeEnvironment(binding.environment));
    detachSignals();
    installWarnings(binding);
    installThread(installFaults(binding, this));
    installPorts(binding);
    process.argv = [process.execPath];
  }

  /** The isolate gets an application; the first says where they all begin. */
  opened(script: string): void {
    if (!this.#entered) {
      this.#entered = true;
      enterFolderOf(script);
    }
  }

  /**
   * Says to the application that its process is asked to end, as a service manager would: SIGTERM, if it listens for
   * that. It may then take until nothing is left to wait for, or until it calls `process.exit`; the host bounds that.
   * Never rejects.
   */
  async farewell(): Promise<void> {
    this.stopping = true;
    try {
      if (await deliverSignal('SIGTERM')) {
        await whenIdle();
      }
    } catch (error) {
      report(this.binding, NO_SCOPE, Tags.UncaughtException, describeError(error));
    }
  }

  /** The last that an application hears: 'exit'. */
  exit(): void {
    const code = process.exitCode ?? 0;
    // As Node has it, so that a listener that calls `process.exit` is not called for that.
    (process as unknown as { _exiting: boolean })._exiting = true;
    try {
      process.emit('exit', Number(code));
    } catch (error) {
      report(this.binding, NO_SCOPE, Tags.UncaughtException, describeError(error));
    }
    this.beforeEnd();
  }

  /** Logs what waits for the end of its line. */
  beforeEnd(): void {
    this.#stdout.flush();
    this.#stderr.flush();
  }
}

function replace(name: 'stdin' | 'stdout' | 'stderr' | 'env', value: unknown): void {
  Object.defineProperty(process, name, { value, configurable: true, enumerable: true, writable: name === 'env' });
}
