/** The servers that a soak may be of: how each is configured, and what it says is live. */
import { get } from 'node:http';
import { join } from 'node:path';
import { quote as apacheQuote } from '../apache-config.mjs';
import { startApache } from '../apache-server.mjs';
import { quote as nginxQuote } from '../nginx-config.mjs';
import { startNginx } from '../nginx-server.mjs';

/**
 * @typedef {object} Mount
 * @property {string} path
 * @property {string} script
 * @property {string} group
 * @property {number} [stallMs]
 * @property {number} [memoryMb]
 */

/**
 * @typedef {object} SoakedServer
 * @property {import('../server-process.mjs').RunningServer} server
 * @property {() => Promise<string>} live what is under way; '' is nothing
 * @property {NodeJS.Signals} leave has it finish what is live and go
 * @property {RegExp} line of its error log that is severe
 * @property {RegExp} routine what it says at that level of things that are quite in order
 */

/**
 * @typedef {object} SoakSettings
 * @property {readonly Mount[]} mounts
 * @property {string} folder for sockets
 * @property {number} workers
 * @property {import('../apache-config.mjs').Mpm} mpm
 */

/** @type {Record<string, (settings: SoakSettings) => Promise<SoakedServer>>} */
export const servers = { nginx: startSoakedNginx, apache: startSoakedApache };

/** @type {(settings: SoakSettings) => Promise<SoakedServer>} */
async function startSoakedNginx({ mounts, folder, workers }) {
  const status = join(folder, 'status.sock');
  const locations = mounts.map(
    ({ path, script, group, stallMs, memoryMb }) => `
    location ${path} {
      ${stallMs === undefined ? '' : `tsgi_stall_timeout ${stallMs}ms;`}
      ${memoryMb === undefined ? '' : `tsgi_memory_limit ${memoryMb}m;`}
      tsgi_pass ${nginxQuote(script)} group=${group};
    }`,
  );
  const server = await startNginx({
    ...{ workers, logLevel: 'warn' },
    conf: {
      http: `tsgi_max_applications 128;\nserver { listen unix:${status}; location / { stub_status; } }`,
      server: locations.join(''),
    },
  });
  return {
    server,
    live: async () => {
      const said = (await textOver(status)).replaceAll(/\s+/g, ' ');
      return /^Active connections: 1 .* Reading: 0 Writing: 1 Waiting: 0/.test(said) ? '' : said;
    },
    leave: 'SIGQUIT',
    line: /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(?:warn|error|crit|alert|emerg)\] /,
    routine: /a client request body is buffered to a temporary file/,
  };
}

/** @type {(settings: SoakSettings) => Promise<SoakedServer>} */
async function startSoakedApache({ mounts, workers, mpm }) {
  const aliases = mounts.map(
    ({ path, script, group, stallMs, memoryMb }) => `
    TSGIScriptAlias ${path} ${apacheQuote(script)} group=${group}
    <Location ${path}>
      TSGIRequestBuffering on
      ${stallMs === undefined ? '' : `TSGIStallTimeout ${stallMs}ms`}
      ${memoryMb === undefined ? '' : `TSGIMemoryLimit ${memoryMb}m`}
    </Location>`,
  );
  const server = await startApache({
    ...{ workers, mpm, logLevel: 'warn' },
    conf: { main: 'TSGIMaxApplications 128', server: aliases.join('') },
  });
  return {
    server,
    live: async () => {
      const said = await server.status();
      const count = (/** @type {string} */ name) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(said)?.[1] ?? 0);
      const busy = count('BusyWorkers') - 1 + count('GracefulWorkers'); // one answers this question
      const waiting = count('ConnsAsyncWaitIO') + count('ConnsAsyncWriting') + count('ConnsAsyncKeepAlive');
      return said !== '' && busy === 0 && waiting === 0 ? '' : said.replaceAll('\n', ' ');
    },
    leave: 'SIGWINCH',
    line: /^\[[^\]]+\] \[[\w-]*:(?:warn|error|crit|alert|emerg)\] \[pid \d+(?::tid \d+)?\] /,
    routine: /AH00045: child process \d+ still did not exit/,
  };
}

/**
 * @param {string} socketPath
 * @returns {Promise<string>}
 */
function textOver(socketPath) {
  return new Promise((resolve) => {
    const asked = get({ socketPath, path: '/', agent: false, headers: { connection: 'close' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('error', () => resolve(''));
      response.on('close', () => resolve(text));
    });
    asked.on('error', () => resolve(''));
  });
}
