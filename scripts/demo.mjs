#!/usr/bin/env node
/** `npm run demo`: the examples, from nothing, in one command. */
import { buildProducts } from './lib/build.mjs';
import { capture, lastLines } from './lib/command.mjs';
import { readCommandLine, readInteger } from './lib/command-line.mjs';
import { StepFailure, runMain } from './lib/failure.mjs';
import { serveUntilSignal } from './lib/foreground.mjs';
import { quote } from './lib/nginx-config.mjs';
import { startNginx } from './lib/nginx-server.mjs';
import { inRepository } from './lib/paths.mjs';
import { step } from './lib/progress.mjs';
import { setUp } from './lib/setup.mjs';
import { examples, shownOrigin } from './demo-requests.mjs';

const usage = `usage: npm run demo [-- options]

Installs what is missing, builds, and serves the examples by nginx until Ctrl-C.

  --port N   the port on 127.0.0.1; default 8080, 0 takes any that is free
  --check    makes the requests that the README shows, prints each answer and stops; the exit code tells whether all
             answers were right
  --help     this text
`;

await runMain(async () => {
  const { values } = readCommandLine(usage, { port: { type: 'string' }, check: { type: 'boolean' } });
  const port = readInteger('port', values.port, { least: 0, most: 65535, otherwise: 8080 });
  await setUp();
  await buildProducts(['typescript', 'runtime', 'nginx']);
  return values.check ? check(port) : serve(port);
});

/** @param {number} port */
async function serve(port) {
  await serveUntilSignal(
    () => startNginx({ port, conf: demoConf(), errorLog: 'stderr', logLevel: 'notice' }),
    ({ origin }) => {
      const width = Math.max(...examples.map(({ mount }) => mount.length));
      const list = examples.map(({ mount, title }) => `  ${origin}${mount.padEnd(width)}   ${title}`);
      process.stdout.write(`\nOpen ${origin}/ in a browser. Ctrl-C stops.\n\n${list.join('\n')}\n\n`);
    },
  );
}

/** @param {number} port */
async function check(port) {
  const server = await step('nginx', () => startNginx({ port, conf: demoConf() }));
  let wrong = 0;
  try {
    for (const example of examples) {
      wrong += (await answersRightly(example, server.origin)) ? 0 : 1;
    }
  } finally {
    await server.stop();
  }
  const complaints = server.errorLog().match(/^.*\[(?:crit|alert|emerg)\].*$/gm) ?? [];
  if (wrong > 0 || complaints.length > 0) {
    throw new StepFailure(
      wrong > 0 ? `${wrong} of ${examples.length} answers are wrong` : 'nginx complained in its error log',
      { output: lastLines(server.errorLog()) },
    );
  }
  process.stdout.write(`all ${examples.length} answers are right\n`);
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

function demoConf() {
  const locations = examples.map(({ mount, script }) =>
    mount === '/'
      ? `location = / { root ${quote(inRepository('examples'))}; try_files /index.html =404; }`
      : `location ${mount} { tsgi_pass ${quote(inRepository(script))}; }`,
  );
  return { server: locations.join('\n') };
}
