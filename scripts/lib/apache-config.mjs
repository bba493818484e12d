/** The configuration of an httpd of ours: everything it writes lies in its own folder, everything else is the caller's. */
import { join } from 'node:path';
import { UserMistake } from './failure.mjs';

/** Where Debian's apache2-bin has them. */
const MODULES = '/usr/lib/apache2/modules';

/** What a site has as a rule; `status` answers whether the server is ready and what it is doing. */
const USUAL_MODULES = ['authz_core', 'authz_host', 'dir', 'env', 'mime', 'status'];

/** @typedef {'event' | 'worker' | 'prefork'} Mpm */

/** @type {readonly Mpm[]} */
export const mpms = ['event', 'worker', 'prefork'];

/**
 * Additions to the configuration, by context: `main` is the main server, `server` the one virtual host on the port. A
 * request whose address no virtual host claims is the main server's.
 * @typedef {{ main?: string | undefined, server?: string | undefined }} ApacheConf
 */

/**
 * @typedef {object} ApacheSettings
 * @property {string} folder
 * @property {number} port
 * @property {number} statusPort
 * @property {Mpm} mpm
 * @property {number} workers child processes
 * @property {number} threads of each child process; prefork has one
 * @property {readonly string[]} modules names as in `mod_NAME.so`, besides the usual ones
 * @property {string} module the .so to load
 * @property {string} errorLog a file or a program
 * @property {string} logLevel
 * @property {string} identity `User` and `Group`, or nothing
 * @property {ApacheConf} conf
 */

/** The document root of the virtual host, unless the caller names another. */
export const documentRoot = (/** @type {string} */ folder) => join(folder, 'html');

/** Where spooled request bodies go, by TMPDIR. */
export const temporaryFolder = (/** @type {string} */ folder) => join(folder, 'tmp');

/** @param {ApacheSettings} settings */
export function apacheConfig(settings) {
  const { folder, port, statusPort, mpm, modules, module, errorLog, logLevel, identity, conf } = settings;
  const names = [...new Set([`mpm_${mpm}`, ...USUAL_MODULES, ...modules])];
  return `
ServerRoot ${quote(folder)}
DefaultRuntimeDir ${quote(folder)}
PidFile ${quote(join(folder, 'httpd.pid'))}
CoreDumpDirectory ${quote(folder)}
ErrorLog ${quote(errorLog)}
LogLevel ${logLevel}
ServerName localhost
${identity}

${names.map((name) => `LoadModule ${name}_module ${quote(join(MODULES, `mod_${name}.so`))}`).join('\n')}
LoadModule tsgi_module ${quote(module)}

${processes(settings)}
MaxConnectionsPerChild 0

KeepAlive On
MaxKeepAliveRequests 0
TypesConfig /etc/mime.types
ExtendedStatus Off
<Directory "/">
    AllowOverride None
    Require all granted
</Directory>

Listen 127.0.0.1:${statusPort}
<VirtualHost 127.0.0.1:${statusPort}>
    <Location "/">
        SetHandler server-status
    </Location>
</VirtualHost>

Listen 127.0.0.1:${port}
${conf.main ?? ''}

<VirtualHost 127.0.0.1:${port}>
    DocumentRoot ${quote(documentRoot(folder))}

${conf.server ?? ''}
</VirtualHost>
`;
}

/**
 * As many child processes from the start as there may be, and none that ends for lack of work. Those of before a graceful
 * restart keep their places on event's scoreboard until their last request is over, so it has room for several
 * generations.
 * @param {ApacheSettings} settings
 */
function processes({ mpm, workers, threads }) {
  if (mpm === 'prefork') {
    return `
ServerLimit ${workers}
StartServers ${workers}
MinSpareServers 1
MaxSpareServers ${workers + 1}
MaxRequestWorkers ${workers}`;
  }
  return `
ServerLimit ${mpm === 'event' ? 16 * workers : workers}
StartServers ${workers}
ThreadLimit ${threads}
ThreadsPerChild ${threads}
MaxRequestWorkers ${workers * threads}
MinSpareThreads 1
MaxSpareThreads ${workers * threads}`;
}

/**
 * A text as httpd's configuration reads it.
 * @param {string} text
 */
export function quote(text) {
  if (/\$\{|\n/.test(text)) {
    throw new UserMistake(
      `Apache's configuration cannot hold the path ${JSON.stringify(text)}: it has a \${ or a line break in it.`,
    );
  }
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
