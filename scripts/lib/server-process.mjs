/**
 * What the web servers of ours have in common as processes: a port, a parent in the foreground that ends when we end, its
 * children, and a temporary folder with an error log in it.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { capture, lastLines } from './command.mjs';
import { StepFailure, UserMistake } from './failure.mjs';
import { freePort, whyNotFree } from './port.mjs';
import { ProbeTimeout, until } from './probe.mjs';
import { removeServerFolder } from './server-folder.mjs';

export const START_SECONDS = 30;

/**
 * What a server of ours is started with, whichever it is.
 * @typedef {object} ServerOptions
 * @property {number} [port] default 0: any free one
 * @property {'file' | 'stderr'} [errorLog] default `file`: `error.log` in the folder
 * @property {string} [logLevel] default `info`
 * @property {string} [application] whose owner it runs as when we are root; default: the repository
 * @property {string} [module] default: the one built here
 * @property {readonly string[]} [under] a command that runs the server's, given behind it, with other limits, say
 * @property {number} [openFiles] descriptors that a worker may have; default: as many as we may, within reason
 */

/**
 * @typedef {object} RunningServer
 * @property {number} port
 * @property {string} origin `http://127.0.0.1:port`
 * @property {string} folder everything the server writes
 * @property {string} root the document root, a folder in `folder`
 * @property {number} masterPid
 * @property {Promise<number | null>} ended the master's exit code, null when a signal ended it
 * @property {() => string} errorLog what it has logged so far, also after `stop` (nothing when that goes to stderr)
 * @property {() => number[]} workerPids the workers that take requests, not those that are shutting down
 * @property {() => number[]} processPids every process below the master: workers old and new, and what else it has
 * @property {() => Promise<void>} reload reads the configuration again; resolves when new workers have taken over
 * @property {(how?: { signal?: NodeJS.Signals, keepFolder?: boolean }) => Promise<number | null>} stop
 *   resolves with the master's exit code; SIGTERM (at once) unless told otherwise
 */
const STOP_SECONDS = 30;
const PORT_ATTEMPTS = 5;

/** Somebody else has taken the port between the look at it and its use. */
class PortTaken extends StepFailure {}

/**
 * @template T
 * @param {number} wanted 0: any free one, another when that is taken meanwhile
 * @param {(port: number) => Promise<T>} start
 * @returns {Promise<T>}
 */
export async function startOnPort(wanted, start) {
  if (wanted !== 0) {
    const obstacle = await whyNotFree(wanted);
    if (obstacle !== null) {
      throw new UserMistake(`Port ${wanted} ${obstacle}; --port takes another one, or 0 for any that is free.`);
    }
    return start(wanted);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === PORT_ATTEMPTS) {
        throw error;
      }
    }
  }
}

/**
 * @typedef {object} ServerProgram
 * @property {string} title for messages
 * @property {readonly string[]} command
 * @property {NodeJS.ProcessEnv} [env] default: ours
 * @property {string} folder removed when the server has stopped
 * @property {string | null} logFile its error log; null: that goes to our stderr
 */

/**
 * @typedef {object} ServerProcess
 * @property {string} title
 * @property {number} pid
 * @property {Promise<number | null>} ended the exit code, null when a signal ended it
 * @property {() => boolean} hasEnded
 * @property {(signal: NodeJS.Signals) => void} signal
 * @property {() => string} errorLog what it has logged so far, also after `stop`
 * @property {() => string} said on stderr, before it had an error log
 * @property {(how?: { signal?: NodeJS.Signals, keepFolder?: boolean }) => Promise<number | null>} stop by SIGTERM unless
 *   told otherwise; resolves with the exit code
 */

/**
 * @param {ServerProgram} program
 * @returns {ServerProcess}
 */
export function launchServer({ title, command, env = process.env, folder, logFile }) {
  const [program = '', ...args] = command;
  // A session of its own: Ctrl-C is for us to act on. Its stdout is where a log program of Apache's writes.
  const parent = spawn(program, args, {
    detached: true,
    env,
    stdio: logFile === null ? ['ignore', 2, 2] : ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  parent.stderr?.setEncoding('utf8').on('data', (text) => (said += text));
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => {
    parent.once('error', () => resolve(null));
    parent.once('close', (code) => resolve(code));
  });
  const pid = parent.pid ?? 0;
  const hasEnded = () => parent.exitCode !== null || parent.signalCode !== null || pid === 0;
  let lastLog = ''; // once the folder is gone
  const errorLog = () => (logFile !== null && existsSync(logFile) ? readFileSync(logFile, 'utf8') : lastLog);

  /** @type {ServerProcess['stop']} */
  async function stop({ signal = 'SIGTERM', keepFolder = false } = {}) {
    if (!hasEnded()) {
      parent.kill(signal);
    }
    try {
      await until(hasEnded, { what: `${title} stops`, seconds: STOP_SECONDS });
    } catch {
      const stubborn = childrenOf(pid);
      for (const one of [...stubborn, pid]) {
        killQuietly(one);
      }
      throw new StepFailure(`${title} (process ${pid}, workers ${stubborn.join(' ')}) did not stop on ${signal}`, {
        output: lastLines(errorLog()),
      });
    } finally {
      lastLog = errorLog();
      if (!keepFolder) {
        removeServerFolder(folder);
      }
    }
    return ended;
  }

  return { title, pid, ended, hasEnded, signal: (name) => parent.kill(name), errorLog, said: () => said, stop };
}

/** The command line of a parent process to which the kernel says SIGTERM if we die without a word. */
export const endingWithUs = (/** @type {readonly string[]} */ command) => [
  'setpriv',
  '--pdeathsig',
  'TERM',
  ...command,
];

/**
 * Waits until the server is ready. Where it ends instead, it is gone without a trace, and its own words tell why.
 * @param {ServerProcess} server
 * @param {() => boolean | Promise<boolean>} isReady
 * @param {{ reasonIn: (said: string) => string | undefined, cure: string, folder: string }} failing `reasonIn`: why it did
 *   not start, from what it said
 */
export async function whenServing(server, isReady, { reasonIn, cure, folder }) {
  const { title } = server;
  try {
    await until(async () => server.hasEnded() || (await isReady()), {
      what: `${title} answers`,
      seconds: START_SECONDS,
    });
  } catch (error) {
    const said = server.errorLog() || server.said();
    await server.stop().catch(() => {});
    throw error instanceof ProbeTimeout ? new StepFailure(error.message, { output: lastLines(said) }) : error;
  }
  if (server.hasEnded()) {
    await server.ended;
    const said = server.said() || server.errorLog();
    removeServerFolder(folder);
    const Kind = said.includes('Address already in use') ? PortTaken : StepFailure;
    throw new Kind(`${title} did not start: ${reasonIn(said) ?? 'its log tells no reason'}`, {
      output: lastLines(said),
      cure,
    });
  }
}

/** How many descriptors a worker may have: as many as we may, within reason. */
export async function openFileLimit() {
  const { stdout } = await capture('sh', ['-c', 'ulimit -Hn']);
  const hard = Number(stdout.trim());
  return Number.isInteger(hard) ? Math.min(hard, 16384) : 16384;
}

/** @param {number} pid */
export function childrenOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // the parent is gone
  }
}

/** @param {number} pid */
function killQuietly(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
