/**
 * One server program of a peer: on a free port, in the foreground, in a temporary folder of its own, and stopped by its
 * process id. What it says on its standard streams is kept: a server that is well says nothing.
 */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { StepFailure } from '../../scripts/lib/failure.mjs';
import { freePort } from '../../scripts/lib/port.mjs';
import { until } from '../../scripts/lib/probe.mjs';
import { makeServerFolder, removeServerFolder } from '../../scripts/lib/server-folder.mjs';
import { processTree } from './cpu.mjs';

const START_SECONDS = 30;
const STOP_SECONDS = 10;
const PORT_ATTEMPTS = 5;

/**
 * @typedef {object} ServerProgram
 * @property {string} title for messages
 * @property {import('../../scripts/lib/worker-user.mjs').WorkerUser | null} [user] whom its workers run as, if not as we do
 * @property {(place: { folder: string, port: number }) => string[]} command writes what it needs into the folder and
 *   answers with the command line
 * @property {(port: number) => Record<string, string>} [environment] of the program, besides PATH
 */

/**
 * @typedef {object} ServerProcess
 * @property {number} port
 * @property {string} folder
 * @property {() => number[]} pids all of its processes at this moment
 * @property {() => string} output everything it has said
 * @property {() => Promise<void>} stop
 */

/**
 * @param {ServerProgram} program
 * @returns {Promise<ServerProcess>} when it accepts connections
 */
export async function startServer(program) {
  for (let attempt = 1; ; attempt++) {
    const server = launch(program, await freePort());
    try {
      await until(() => server.hasEnded() || accepts(server.port), { what: program.title, seconds: START_SECONDS });
    } catch (error) {
      await server.stop();
      throw new StepFailure(/** @type {Error} */ (error).message, { output: server.output() });
    }
    if (!server.hasEnded()) {
      return server;
    }
    await server.stop();
    // Somebody else may have taken the port meanwhile.
    if (!/address already in use/i.test(server.output()) || attempt === PORT_ATTEMPTS) {
      throw new StepFailure(`${program.title} did not start`, { output: server.output() });
    }
  }
}

/**
 * @param {ServerProgram} program
 * @param {number} port
 */
function launch({ title, user, command, environment = () => ({}) }, port) {
  const folder = makeServerFolder('bench', user ?? null);
  const line = commandLine(command, { folder, port });
  // A session of its own: Ctrl-C is for us to act on. If we die without a word, the kernel tells it to stop. Nothing of
  // our environment reaches it: an option for Node in there would change what is measured.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...line], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...environment(port) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (said += text));
  }
  let ended = false;
  child.once('error', (error) => {
    said += error.message;
    ended = true;
  });
  child.once('close', () => (ended = true));
  const pids = () => (child.pid === undefined || ended ? [] : processTree(child.pid));

  async function stop() {
    try {
      child.kill('SIGTERM');
      await until(() => ended, { what: title, seconds: STOP_SECONDS });
    } catch {
      const stubborn = pids();
      stubborn.forEach(killQuietly);
      throw new StepFailure(`${title} (processes ${stubborn.join(' ')}) did not stop on SIGTERM`, { output: said });
    } finally {
      removeServerFolder(folder);
    }
  }

  return { port, folder, pids, stop, output: () => said, hasEnded: () => ended };
}

/**
 * @param {ServerProgram['command']} command
 * @param {{ folder: string, port: number }} place
 */
function commandLine(command, place) {
  try {
    return command(place);
  } catch (error) {
    removeServerFolder(place.folder);
    throw error;
  }
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** @param {number} pid */
function killQuietly(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
