#!/usr/bin/env node
/** `npm run demo`: the examples, from nothing, in one command. */
import { quote as apacheQuote } from './lib/apache-config.mjs';
import { startApache } from './lib/apache-server.mjs';
import { buildProducts } from './lib/build.mjs';
import { capture, lastLines } from './lib/command.mjs';
import { readCommandLine, readInteger } from './lib/command-line.mjs';
import { StepFailure, runMain } from './lib/failure.mjs';
import { serveUntilSignal } from './lib/foreground.mjs';
import { quote as nginxQuote } from './lib/nginx-config.mjs';
import { startNginx } from './lib/nginx-server.mjs';
import { inRepository } from './lib/paths.mjs';
import { step } from './lib/progress.mjs';
import { setUp } from './lib/setup.mjs';
import { examples, shownOrigin } from './demo-requests.mjs';

const usage = `usage: npm run demo [-- options]

Installs what is missing, builds, and serves the examples until Ctrl-C: by nginx, and by Apache beside it.

  --port N   the port of nginx on 127.0.0.1; Apache takes the next one; default 8080, 0 takes any that are free
  --check    makes the requests that the README shows, to both, prints each answer and stops; the exit code tells whether
             all answers were right
  --help     this text
`;

await runMain(async () => {
  const { values } = readCommandLine(usage, { port: { type: 'string' }, check: { type: 'boolean' } });
  const port = readInteger('port', values.port, { least: 0, most: 65534, otherwise: 8080 });
  await setUp();
  await buildProducts(['typescript', 'runtime', 'nginx', 'apache']);
  return values.check ? check(port) : serve(port);
});

/**
 * @param {number} port
 * @param {{ errorLog?: 'stderr', logLevel?: string }} [logging]
 */
async function start(port, logging = {}) {
  const nginx = await startNginx({ ...logging, port, conf: nginxConf() });
  const options = { ...logging, port: port === 0 ? 0 : port + 1, modules: ['alias'], conf: apacheConf() };
  const apache = await startApache(options).catch(async (error) => {
    await nginx.stop();
    throw error;
  });
  return {
    nginx,
    apache,
    ended: Promise.race([nginx.ended, apache.ended]),
    stop: () => Promise.all([nginx.stop(), apache.stop()]),
  };
}

/** @param {number} port */
async function serve(port) {
  await serveUntilSignal(
    () => start(port, { errorLog: 'stderr', logLevel: 'notice' }),
    ({ nginx, apache }) => {
      const width = Math.max(...examples.map(({ mount }) => mount.length));
      const list = examples.map(({ mount, title }) => `  ${nginx.origin}${mount.padEnd(width)}   ${title}`);
      process.stdout.write(`
Open ${nginx.origin}/ in a browser; ${apache.origin}/ is the same from Apache. Ctrl-C stops.

${list.join('\n')}

`);
    },
  );
}

/** @param {number} port */
async function check(port) {
  const { nginx, apache, stop } = await step('nginx and Apache', () => start(port));
  let wrong = 0;
  try {
    for (const { origin } of [nginx, apache]) {
      for (const example of examples) {
        wrong += (await answersRightly(example, origin)) ? 0 : 1;
      }
    }
  } finally {
    await stop();
  }
  const log = nginx.errorLog() + apache.errorLog();
  const complaints = log.match(/^.*[[:](?:crit|alert|emerg)\].*$/gm) ?? [];
  if (wrong > 0 || complaints.length > 0) {
    throw new StepFailure(
      wrong > 0 ? `${wrong} of ${2 * examples.length} answers are wrong` : 'a server complained in its error log',
      { output: lastLines(complaints.length > 0 ? complaints.join('\n') : log) },
    );
  }
  process.stdout.write(`all ${2 * examples.length} answers are right\n`);
  return 0;
}

/**
 * Makes one request by the very command that the README shows, at the port that was chosen.
 * @param {import('./demo-requests.mjs').Example} example
 * @param {string} origin
 */
async function answersRightly({ request, answer }, origin) {
  const command = request.replace(shownOrigin, origin);
  const careful = command.replace(/^curl /, 'curl -sS --fail-with-body --max-time 60 ');
  const { code, stdout, stderr } = await capture('sh', ['-c', careful]);
  process.stdout.write(`$ ${command}\n${stdout}${stderr}${(stdout + stderr).endsWith('\n') ? '' : '\n'}`);
  const missing = answer.filter((pattern) => !pattern.test(stdout));
  if (code === 0 && missing.length === 0) {
    process.stdout.write('right\n\n');
    return true;
  }
  const reason = code === 0 ? `it does not match ${missing.join(' and ')}` : `curl ended with ${code}`;
  process.stdout.write(`WRONG: ${reason}\n\n`);
  return false;
}

function nginxConf() {
  const locations = examples.map(({ mount, script }) =>
    mount === '/'
      ? `location = / { root ${nginxQuote(inRepository('examples'))}; try_files /index.html =404; }`
      : `location ${mount} { tsgi_pass ${nginxQuote(inRepository(script))}; }`,
  );
  return { server: locations.join('\n') };
}

function apacheConf() {
  const aliases = examples.map(({ mount, script }) =>
    mount === '/'
      ? `AliasMatch ^/$ ${apacheQuote(inRepository(script))}`
      : `TSGIScriptAlias ${mount} ${apacheQuote(inRepository(script))}`,
  );
  return { server: aliases.join('\n') };
}
