#!/usr/bin/env node
/** `npm run serve`: one application, served by a real web server in the foreground. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { mpms, quote as apacheQuote } from './lib/apache-config.mjs';
import { startApache } from './lib/apache-server.mjs';
import { buildProducts } from './lib/build.mjs';
import { readCommandLine, readInteger } from './lib/command-line.mjs';
import { UserMistake, runMain } from './lib/failure.mjs';
import { serveUntilSignal } from './lib/foreground.mjs';
import { quote as nginxQuote } from './lib/nginx-config.mjs';
import { startNginx } from './lib/nginx-server.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run serve -- [options] path/to/app

Serves an application in the foreground until Ctrl-C, from a temporary folder; the server's error log is on stderr.
When it is ready, one line on stdout says where: listening on http://127.0.0.1:N

  --server NAME    the web server: nginx, the default, or apache
  --port N         the port on 127.0.0.1; 0, the default, takes any free one
  --workers W      worker processes; default 1, with prefork 8
  --mpm NAME       how Apache has processes and threads: event, the default, worker or prefork
  --mount /prefix  where the application is mounted; default /
  --conf FILE      more configuration, included inside nginx's server block or Apache's virtual host: locations, tsgi_param, ...
  --log-level L    of the error log; default info (debug shows the server's own debug log)
  --help           this text
`;

/** Modules of Apache whose directives --conf may use, besides those that every site of ours has. */
const SERVED_WITH = ['alias', 'auth_basic', 'authn_core', 'authn_file', 'authz_user', 'headers', 'rewrite', 'setenvif'];

const servers = { nginx: serveWithNginx, apache: serveWithApache };

await runMain(async () => {
  const { values, positionals } = readCommandLine(
    usage,
    {
      server: { type: 'string', default: 'nginx' },
      port: { type: 'string' },
      workers: { type: 'string' },
      mpm: { type: 'string' },
      mount: { type: 'string', default: '/' },
      conf: { type: 'string' },
      'log-level': { type: 'string', default: 'info' },
    },
    { positionals: true },
  );
  const serve = servers[/** @type {keyof typeof servers} */ (values.server)];
  if (serve === undefined) {
    throw new UserMistake(`--server takes ${Object.keys(servers).join(' or ')}, and \`${values.server}\` is none.`);
  }
  const [application] = positionals;
  if (application === undefined || positionals.length > 1) {
    throw new UserMistake('Name one application file to serve; --help tells the rest.');
  }
  await serve({
    application: readableFile(application, 'application'),
    port: readInteger('port', values.port, { least: 0, most: 65535, otherwise: 0 }),
    workers: readInteger('workers', values.workers, {
      least: 1,
      most: 256,
      otherwise: values.mpm === 'prefork' ? 8 : 1,
    }),
    mpm: readMpm(values.mpm, values.server),
    mount: readMount(values.mount),
    conf: values.conf === undefined ? undefined : readableFile(values.conf, 'configuration'),
    logLevel: readLogLevel(values['log-level']),
  });
});

/**
 * @typedef {object} Wish
 * @property {string} application
 * @property {number} port
 * @property {number} workers
 * @property {import('./lib/apache-config.mjs').Mpm} mpm
 * @property {string} mount
 * @property {string | undefined} conf
 * @property {string} logLevel
 */

/** @param {Wish} wish */
async function serveWithNginx({ application, port, workers, mount, conf, logLevel }) {
  await setUp();
  await buildProducts(['typescript', 'runtime', 'nginx']);
  const include = conf === undefined ? '' : `include ${nginxQuote(conf)};`;
  await serveUntilSignal(
    () =>
      startNginx({
        ...{ application, port, workers, logLevel, errorLog: 'stderr' },
        conf: { server: `location ${nginxQuote(mount)} { tsgi_pass ${nginxQuote(application)}; }\n${include}` },
      }),
    ({ origin }) => process.stdout.write(`listening on ${origin}\n`),
  );
}

/** @param {Wish} wish */
async function serveWithApache({ application, port, workers, mpm, mount, conf, logLevel }) {
  await setUp();
  await buildProducts(['typescript', 'runtime', 'apache']);
  const include = conf === undefined ? '' : `Include ${apacheQuote(conf)}`;
  await serveUntilSignal(
    () =>
      startApache({
        ...{ application, port, workers, mpm, logLevel, errorLog: 'stderr', modules: SERVED_WITH },
        // What is included comes first: of aliases that match, the first is taken.
        conf: { server: `${include}\nTSGIScriptAlias ${mount} ${apacheQuote(application)}` },
      }),
    ({ origin }) => process.stdout.write(`listening on ${origin}\n`),
  );
}

/**
 * @param {string} path
 * @param {string} what
 */
function readableFile(path, what) {
  const absolute = resolve(process.env['INIT_CWD'] ?? '.', path);
  if (!existsSync(absolute)) {
    throw new UserMistake(`There is no ${what} file ${path}.`);
  }
  if (!statSync(absolute).isFile()) {
    throw new UserMistake(`The ${what} must be a file, and ${path} is none.`);
  }
  try {
    readFileSync(absolute);
  } catch {
    throw new UserMistake(`The ${what} file ${path} cannot be read.`);
  }
  return absolute;
}

/** @param {string} mount */
function readMount(mount) {
  if (!/^\/[^\s{};"'$\\]*$/.test(mount)) {
    throw new UserMistake(`--mount takes a path that begins with /, and \`${mount}\` is none.`);
  }
  return mount;
}

/**
 * @param {string | undefined} mpm
 * @param {string} server
 */
function readMpm(mpm = 'event', server) {
  const known = mpms.find((name) => name === mpm);
  if (known === undefined) {
    throw new UserMistake(`--mpm takes ${mpms.join(', ')}, and \`${mpm}\` is none.`);
  }
  if (known !== 'event' && server !== 'apache') {
    throw new UserMistake('--mpm is for --server apache.');
  }
  return known;
}

/** @param {string} level */
function readLogLevel(level) {
  const levels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];
  if (!levels.includes(level)) {
    throw new UserMistake(`--log-level takes one of ${levels.join(', ')}, and \`${level}\` is none.`);
  }
  return level;
}
