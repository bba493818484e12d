import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { isThenable } from '../../spec';
import { RefusedError } from './refusals';

/** What the kernel ignores where nobody listens. */
const IGNORED: ReadonlySet<NodeJS.Signals> = new Set(['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH']);
/** With this one Node opens its inspector; nothing else of an application would be ended by it. */
const INSPECTOR = 'SIGUSR1';

/** `process.kill` comes to this after it has looked at its arguments. Answers 0 or a negative error number. */
type NativeKill = (pid: number, signal: number) => number;

interface WithNativeKill {
  _kill: NativeKill;
}

/**
 * Signals are the server's. Node begins to listen for one when a listener is added to `process`, and takes its handler
 * from whoever had it before; here a listener is a listener and nothing more.
 */
export function detachSignals(): void {
  for (const event of ['newListener', 'removeListener']) {
    for (const listener of process.listeners(event as NodeJS.Signals)) {
      if (/^(?:start|stop)ListeningIfSignal$/.test(listener.name)) {
        process.removeListener(event, listener);
      }
    }
  }
}

/** Tells the listeners of a signal; resolves when those that are asynchronous have settled. False: there are none. */
export async function deliverSignal(signal: NodeJS.Signals): Promise<boolean> {
  // Copies, in which a listener of `once` removes itself when it is called.
  const listeners = process.rawListeners(signal);
  const answers = listeners.map((listener) => listener.call(process, signal, constants.signals[signal]) as unknown);
  await Promise.all(answers.filter(isThenable));
  return listeners.length > 0;
}

/**
 * `process.kill` of the process itself is a signal to the application alone: its listeners get it, and without any the
 * isolate ends if the process would. The server's other processes are out of reach. What an application has started, or
 * any other process of the same user, gets the signal as ever.
 */
export function installKill(end: (reason: string) => void): void {
  const target = process as unknown as WithNativeKill;
  const kill = target._kill;
  target._kill = (pid, signal) => {
    if (signal === 0) {
      return kill(pid, signal);
    }
    if (pid === process.pid) {
      killOwn(signal, end);
      return 0;
    }
    if (pid === 0 || pid === -1 || pid === process.ppid || pid === -ownGroup()) {
      throw new RefusedError(`process.kill(${pid}, …) would reach processes of the web server`);
    }
    return kill(pid, signal);
  };
}

function killOwn(number: number, end: (reason: string) => void): void {
  const name = nameOf(number);
  if (process.listenerCount(name) > 0) {
    setImmediate(() => void deliverSignal(name));
  } else if (!IGNORED.has(name) && name !== INSPECTOR) {
    end(`process.kill(process.pid, '${name}')`);
  }
}

function nameOf(number: number): NodeJS.Signals {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return (found?.[0] ?? `${number}`) as NodeJS.Signals;
}

/** The process group, which the processes of a server share. */
function ownGroup(): number {
  const status = readFileSync('/proc/self/stat', 'latin1');
  return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[2]);
}
