/**
 * An httpd of our own with the module in it: in the foreground, in a temporary folder, gone when we are gone. It has the
 * shape of nginx-server.mjs.
 */
import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { apacheConfig, documentRoot, temporaryFolder } from './apache-config.mjs';
import { apacheUserFor } from './apache-user.mjs';
import { capture } from './command.mjs';
import { nativePaths, repository } from './paths.mjs';
import { freePort } from './port.mjs';
import { until } from './probe.mjs';
import { makeServerFolder, removeServerFolder } from './server-folder.mjs';
import {
  START_SECONDS,
  childrenOf,
  endingWithUs,
  launchServer,
  openFileLimit,
  startOnPort,
  whenServing,
} from './server-process.mjs';

/** The server's program; a build of one's own is named in the environment. */
export const program = process.env['TSGI_APACHE'] ?? '/usr/sbin/apache2';

/** What of our environment is httpd's too, as a service has it: nothing that would change a Node inside. */
const PASSED_ON = /^(PATH|LANG|TZ|TSGI_\w+|[A-Z]+SAN_OPTIONS|LD_\w+)$/;

/**
 * @typedef {import('./server-process.mjs').ServerOptions & Own} ApacheOptions
 * @typedef {object} Own
 * @property {import('./apache-config.mjs').ApacheConf} [conf]
 * @property {import('./apache-config.mjs').Mpm} [mpm] default `event`
 * @property {number} [workers] child processes; default 1, with prefork 8
 * @property {number} [threads] of each, default 64
 * @property {boolean} [single] `httpd -X`: one process, which is parent and child in one
 * @property {readonly string[]} [modules] names as in `mod_NAME.so`, besides the usual ones
 * @property {Record<string, string>} [env] more variables of httpd's environment
 */

/**
 * SIGWINCH lets its requests finish; it reloads with a graceful restart. `status` is what mod_status says, for programs.
 * @typedef {import('./server-process.mjs').RunningServer & { status: () => Promise<string> }} ApacheServer
 */

/**
 * @param {ApacheOptions} [options]
 * @returns {Promise<ApacheServer>}
 */
export function startApache(options = {}) {
  return startOnPort(options.port ?? 0, (port) => start(options, port));
}

/**
 * `apachectl configtest` with the configuration that startApache would write.
 * @param {ApacheOptions} [options]
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function testApacheConfig(options = {}) {
  const { folder, command, env } = await prepare(options, await freePort(), await freePort());
  try {
    const [name = '', ...args] = [...command, '-t'];
    const { code, stderr } = await capture(name, args, { env });
    return { ok: code === 0, output: stderr };
  } finally {
    removeServerFolder(folder);
  }
}

/** @param {ApacheOptions} options */
const workersOf = ({ mpm, workers, single = false }) => workers ?? (mpm === 'prefork' && !single ? 8 : 1);

/**
 * Makes the folder with the configuration in it.
 * @param {ApacheOptions} options
 * @param {number} port
 * @param {number} statusPort
 */
async function prepare(options, port, statusPort) {
  const { conf = {}, mpm = 'event', threads = 64, modules = [], errorLog = 'file', logLevel = 'info' } = options;
  const { module = nativePaths().apacheModule, under = [] } = options;
  const { user, directives, prefix } = await apacheUserFor(options.application ?? repository);
  const folder = makeServerFolder('apache', user);
  for (const path of [documentRoot(folder), temporaryFolder(folder)]) {
    mkdirSync(path);
    if (user !== null) {
      chownSync(path, user.uid, user.gid);
    }
  }
  const configFile = join(folder, 'httpd.conf');
  const logFile = join(folder, 'error.log');
  writeFileSync(
    configFile,
    apacheConfig({
      ...{ folder, port, statusPort, mpm, workers: workersOf(options), threads, modules, module, logLevel, conf },
      errorLog: errorLog === 'stderr' ? '|/bin/cat' : logFile, // httpd cannot open a stderr that is a socket
      identity: directives,
    }),
  );
  const passedOn = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
  return {
    folder,
    logFile,
    env: { ...Object.fromEntries(passedOn), TMPDIR: temporaryFolder(folder), ...options.env },
    // The kernel forgets whom to tell of our end when a process changes its user.
    command: [
      ...prefix,
      ...endingWithUs([...under, program, '-d', folder, '-f', configFile]),
      ...(options.single ? ['-X'] : ['-D', 'FOREGROUND']),
    ],
  };
}

/**
 * @param {ApacheOptions} options
 * @param {number} port
 * @returns {Promise<ApacheServer>}
 */
async function start(options, port) {
  const statusPort = await freePort();
  const { folder, logFile, env, command } = await prepare(options, port, statusPort);
  const openFiles = String(options.openFiles ?? (await openFileLimit()));
  const parent = launchServer({
    ...{ title: 'Apache', folder, env },
    command: ['sh', '-c', 'ulimit -Sn "$1"; shift; exec "$@"', 'sh', openFiles, ...command],
    logFile: options.errorLog === 'stderr' ? null : logFile,
  });
  const { pid: masterPid, ended, stop, errorLog } = parent;
  const status = () => readStatus(statusPort);

  async function reload() {
    const before = new Set(childrenOf(masterPid));
    parent.signal('SIGUSR1');
    // It begins with as many as spare threads are asked for, and makes more when those have much to do.
    await until(() => acceptingChildrenOf(masterPid, port).some((pid) => !before.has(pid)), {
      what: 'new children after a graceful restart',
      seconds: START_SECONDS,
    });
    await until(() => acceptingChildrenOf(masterPid, port).every((pid) => !before.has(pid)), {
      what: 'old children begin to shut down',
      seconds: START_SECONDS,
    });
    await until(status, { what: 'Apache answers after a graceful restart', seconds: START_SECONDS });
  }

  await whenServing(parent, async () => isServing(await status(), workersOf(options)), {
    reasonIn,
    cure: startCure(),
    folder,
  });
  return {
    ...{ port, origin: `http://127.0.0.1:${port}`, folder, root: documentRoot(folder), masterPid, ended, stop, reload },
    ...{ errorLog, status },
    workerPids: () => (options.single ? [masterPid] : acceptingChildrenOf(masterPid, port)),
    processPids: () => childrenOf(masterPid),
  };
}

/**
 * A mistake in the configuration takes two lines, the place and the reason; any other has its reason last, but for what
 * httpd always says then.
 * @param {string} said
 */
function reasonIn(said) {
  const [, place, reason] = /^AH00526: (Syntax error .*:)\n(.*)$/m.exec(said) ?? [];
  const lines = said.split('\n').filter((line) => line !== '' && !/AH00015|AH00016|AH00558|AH00020/.test(line));
  return place === undefined ? lines.at(-1)?.replace(/^(\[[^\]]*\] )*(\(\w+\))?(AH\d+: )?/, '') : `${place} ${reason}`;
}

function startCure() {
  return existsSync(program) ? 'its own words above name the file and line' : '`npm run setup` installs Apache';
}

/**
 * Has every child process got as far as its threads, or its own wait for a connection?
 * @param {string} status
 * @param {number} workers
 */
function isServing(status, workers) {
  const board = /^Scoreboard: (.*)$/m.exec(status)?.[1] ?? '';
  return status !== '' && !board.includes('S') && board.replaceAll('.', '').length >= workers;
}

/**
 * What mod_status says; '' where nobody answers.
 * @param {number} port
 * @returns {Promise<string>}
 */
function readStatus(port) {
  return new Promise((resolve) => {
    const probe = request(
      { host: '127.0.0.1', port, path: '/?auto', agent: false, timeout: 1000, headers: { connection: 'close' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => (text += piece));
        response.on('error', () => resolve(''));
        response.on('close', () => resolve(response.complete ? text : ''));
      },
    );
    probe.on('timeout', () => probe.destroy());
    probe.on('error', () => resolve(''));
    probe.end();
  });
}

/**
 * Children that have the listening socket: one that is asked to leave closes it first.
 * @param {number} parent
 * @param {number} port
 */
function acceptingChildrenOf(parent, port) {
  const socket = listeningSocket(port);
  return socket === undefined ? [] : childrenOf(parent).filter((child) => socketsOf(child).includes(socket));
}

/**
 * As a link in /proc/PID/fd names it.
 * @param {number} port
 */
function listeningSocket(port) {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'latin1').split('\n');
  const row = rows
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, , state]) => local === address && state === '0A');
  return row && `socket:[${row[9]}]`;
}

/**
 * @param {number} pid
 * @returns {string[]}
 */
function socketsOf(pid) {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((name) => {
      try {
        const link = readlinkSync(join(folder, name));
        return link.startsWith('socket:') ? [link] : [];
      } catch {
        return []; // closed between the two looks
      }
    });
  } catch {
    return []; // it has ended
  }
}
