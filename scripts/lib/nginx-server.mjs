/**
 * An nginx of our own with the module in it: in the foreground, in a temporary folder, gone when we are gone.
 *
 * `npm run serve`, the demo and the integration tests start theirs here; apache-server.mjs has the same shape.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { capture } from './command.mjs';
import { documentRoot, nginxConfig, readySocket } from './nginx-config.mjs';
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
import { workerUserFor } from './worker-user.mjs';

/** The server's program; a build of one's own (with sanitizers, say) is named in the environment. */
const program = process.env['TSGI_NGINX'] ?? '/usr/sbin/nginx';

/**
 * @typedef {import('./server-process.mjs').ServerOptions & Own} NginxOptions
 * @typedef {object} Own
 * @property {import('./nginx-config.mjs').NginxConf} [conf]
 * @property {number} [workers] default 1
 * @property {string} [listenOptions] what follows the address in `listen`, for example `http2`
 * @property {Record<string, string>} [env] more variables of nginx's environment
 */

/**
 * SIGQUIT lets its requests finish.
 * @typedef {import('./server-process.mjs').RunningServer} NginxServer
 */

/**
 * @param {NginxOptions} [options]
 * @returns {Promise<NginxServer>}
 */
export function startNginx(options = {}) {
  return startOnPort(options.port ?? 0, (port) => start(options, port));
}

/**
 * `nginx -t` with the configuration that startNginx would write.
 * @param {NginxOptions} [options]
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function testNginxConfig(options = {}) {
  const { folder, command } = await prepare(options, await freePort());
  try {
    const [name = '', ...args] = [...command, '-t'];
    const { code, stderr } = await capture(name, args);
    return { ok: code === 0, output: stderr };
  } finally {
    removeServerFolder(folder);
  }
}

/**
 * Makes the folder with the configuration in it.
 * @param {NginxOptions} options
 * @param {number} port
 */
async function prepare(options, port) {
  const { nginxModule } = nativePaths();
  const {
    conf = {},
    workers = 1,
    listenOptions = '',
    errorLog = 'file',
    logLevel = 'info',
    module = nginxModule,
    under = [],
  } = options;
  const user = await workerUserFor(options.application ?? repository);
  const folder = makeServerFolder('nginx', user);
  mkdirSync(documentRoot(folder));
  const configFile = join(folder, 'nginx.conf');
  const logFile = join(folder, 'error.log');
  const log = errorLog === 'stderr' ? 'stderr' : logFile;
  const openFiles = options.openFiles ?? (await openFileLimit());
  writeFileSync(
    configFile,
    nginxConfig({ folder, port, listenOptions, workers, errorLog: log, logLevel, module, user, openFiles, conf }),
  );
  return { folder, logFile, command: [...under, program, '-p', folder, '-c', configFile, '-e', log] };
}

/**
 * @param {NginxOptions} options
 * @param {number} port
 * @returns {Promise<NginxServer>}
 */
async function start(options, port) {
  const { workers = 1, errorLog = 'file' } = options;
  const { folder, logFile, command } = await prepare(options, port);
  const parent = launchServer({
    ...{ title: 'nginx', folder, command: endingWithUs(command), env: { ...process.env, ...options.env } },
    logFile: errorLog === 'stderr' ? null : logFile,
  });
  const { pid: masterPid, ended, stop, errorLog: readErrorLog } = parent;

  async function reload() {
    const before = new Set(childrenOf(masterPid));
    parent.signal('SIGHUP');
    await until(() => workersOf(masterPid).filter((pid) => !before.has(pid)).length >= workers, {
      what: 'new nginx workers after a reload',
      seconds: START_SECONDS,
    });
    await until(() => answers(folder), { what: 'nginx answers after a reload', seconds: START_SECONDS });
    await until(() => workersOf(masterPid).every((pid) => !before.has(pid)), {
      what: 'old nginx workers begin to shut down',
      seconds: START_SECONDS,
    });
  }

  await whenServing(parent, async () => workersOf(masterPid).length === workers && (await answers(folder)), {
    reasonIn: (said) => /\[emerg\] (?:\d+#\d+: )?(.*)/.exec(said)?.[1],
    cure: startCure(),
    folder,
  });
  return {
    ...{ port, origin: `http://127.0.0.1:${port}`, folder, root: documentRoot(folder), masterPid, ended, stop, reload },
    errorLog: readErrorLog,
    workerPids: () => workersOf(masterPid),
    processPids: () => childrenOf(masterPid),
  };
}

function startCure() {
  return existsSync(program) ? 'its own words above name the file and line' : '`npm run setup` installs nginx';
}

/**
 * Does a worker answer?
 * @param {string} folder
 * @returns {Promise<boolean>}
 */
function answers(folder) {
  return new Promise((resolve) => {
    const probe = request({ socketPath: readySocket(folder), path: '/', agent: false, timeout: 1000 }, (response) => {
      response.resume();
      resolve(true);
    });
    probe.on('timeout', () => probe.destroy());
    probe.on('error', () => resolve(false));
    probe.end();
  });
}

/** @param {number} pid of the master */
function workersOf(pid) {
  return childrenOf(pid).filter((child) => {
    try {
      const title = readFileSync(`/proc/${child}/cmdline`, 'latin1').replace(/[\0 ]+$/, '');
      return title === 'nginx: worker process';
    } catch {
      return false; // it ended between the two looks
    }
  });
}
