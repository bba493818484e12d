/** The configuration of an nginx of ours: everything it writes lies in its own folder, everything else is the caller's. */
import { join } from 'node:path';
import { UserMistake } from './failure.mjs';

/**
 * Additions to the configuration, by context. `server` goes into the one server block that listens on the port.
 * @typedef {{ main?: string | undefined, http?: string | undefined, server?: string | undefined }} NginxConf
 */

/**
 * @typedef {object} NginxSettings
 * @property {string} folder
 * @property {number} port
 * @property {string} listenOptions what follows the address in `listen`, for example `http2`
 * @property {number} workers
 * @property {string} errorLog a file or `stderr`
 * @property {string} logLevel
 * @property {string} module the .so to load
 * @property {import('./worker-user.mjs').WorkerUser | null} user
 * @property {number} openFiles
 * @property {NginxConf} conf
 */

/** Where nginx answers by itself as soon as its workers run, whatever the caller's server block says. */
export const readySocket = (/** @type {string} */ folder) => join(folder, 'ready.sock');

/** The document root of the server block, unless the caller names another. */
export const documentRoot = (/** @type {string} */ folder) => join(folder, 'html');

/** @param {NginxSettings} settings */
export function nginxConfig(settings) {
  const { folder, port, listenOptions, workers, errorLog, logLevel, module, user, openFiles, conf } = settings;
  return `
daemon off;
master_process on;
worker_processes ${workers};
worker_rlimit_nofile ${openFiles};
${user === null ? '' : `user ${user.name} ${user.group};`}
pid ${join(folder, 'nginx.pid')};
lock_file ${join(folder, 'nginx.lock')};
error_log ${errorLog} ${logLevel};
load_module ${quote(module)};
${process.env['TSGI_TRACE'] === undefined ? '' : 'env TSGI_TRACE;'}
${conf.main ?? ''}

events {
    worker_connections ${Math.min(4096, openFiles)};
}

http {
    access_log off;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    client_body_temp_path ${join(folder, 'client_body')};
    proxy_temp_path ${join(folder, 'proxy')};
    fastcgi_temp_path ${join(folder, 'fastcgi')};
    uwsgi_temp_path ${join(folder, 'uwsgi')};
    scgi_temp_path ${join(folder, 'scgi')};

    server {
        listen unix:${readySocket(folder)};
        return 204;
    }

${conf.http ?? ''}

    server {
        listen 127.0.0.1:${port} ${listenOptions};
        server_name localhost;
        root ${documentRoot(folder)};

${conf.server ?? ''}
    }
}
`;
}

/**
 * A string as nginx's configuration reads it.
 * @param {string} text
 */
export function quote(text) {
  if (/[$\n]/.test(text)) {
    throw new UserMistake(
      `nginx's configuration cannot hold the path ${JSON.stringify(text)}: it has a $ or a line break in it.`,
    );
  }
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
