import { Level, type Binding } from '../binding';
import { makeEnvironment } from './environment';
import { installFaults } from './faults';
import { LogStream } from './output';
import { detachSignals } from './signals';
import { installWarnings } from './warnings';
import { installWorkers } from './workers';

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
  readonly #stdout: LogStream;
  readonly #stderr: LogStream;

  constructor(binding: Binding) {
    this.#stdout = new LogStream(binding, STDOUT_LEVEL, 1);
    this.#stderr = new LogStream(binding, STDERR_LEVEL, 2);
    replace('stdout', this.#stdout);
    replace('stderr', this.#stderr);
    replace('env', makeEnvironment(binding.environment));
    detachSignals();
    installWarnings(binding);
    installWorkers();
    installFaults(binding, this);
  }

  /** Logs what waits for the end of its line. */
  beforeEnd(): void {
    this.#stdout.flush();
    this.#stderr.flush();
  }
}

function replace(name: 'stdout' | 'stderr' | 'env', value: unknown): void {
  Object.defineProperty(process, name, { value, configurable: true, enumerable: true, writable: name === 'env' });
}
