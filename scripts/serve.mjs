#!/usr/bin/env node
/** `npm run serve`: one application, served by a real web server in the foreground. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildProducts } from './lib/build.mjs';
import { readCommandLine, readInteger } from './lib/command-line.mjs';
import { UserMistake, runMain } from './lib/failure.mjs';
import { serveUntilSignal } from './lib/foreground.mjs';
import { quote } from './lib/nginx-config.mjs';
import { startNginx } from './lib/nginx-server.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run serve -- [options] path/to/app

Serves an application in the foreground until Ctrl-C, from a temporary folder; the server's error log is on stderr.
When it is ready, one line on stdout says where: listening on http://127.0.0.1:N

  --server NAME    the web server; nginx is the default
  --port N         the port on 127.0.0.1; 0, the default, takes any free one
  --workers W      worker processes; default 1
  --mount /prefix  where the application is mounted; default /
  --conf FILE      more nginx configuration, included inside the server block: locations, tsgi_param, ...
  --log-level L    of the error log; default info (debug shows nginx's own debug log)
  --help           this text
`;

const servers = { nginx: serveWithNginx };

await runMain(async () => {
  const { values, positionals } = readCommandLine(
    usage,
    {
      server: { type: 'string', default: 'nginx' },
      port: { type: 'string' },
      workers: { type: 'string' },
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
    workers: readInteger('workers', values.workers, { least: 1, most: 256, otherwise: 1 }),
    mount: readMount(values.mount),
    conf: values.conf === undefined ? undefined : readableFile(values.conf, 'configuration'),
    logLevel: readLogLevel(values['log-level']),
  });
});

/**
 * @param {{ application: string, port: number, workers: number, mount: string, conf: string | undefined, logLevel: string }} wish
 */
async function serveWithNginx({ application, port, workers, mount, conf, logLevel }) {
  await setUp();
  await buildProducts(['typescript', 'runtime', 'nginx']);
  const include = conf === undefined ? '' : `include ${quote(conf)};`;
  await serveUntilSignal(
    () =>
      startNginx({
        ...{ application, port, workers, logLevel, errorLog: 'stderr' },
        conf: { server: `location ${quote(mount)} { tsgi_pass ${quote(application)}; }\n${include}` },
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

/** @param {string} level */
function readLogLevel(level) {
  const levels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];
  if (!levels.includes(level)) {
    throw new UserMistake(`--log-level takes one of ${levels.join(', ')}, and \`${level}\` is none.`);
  }
  return level;
}
