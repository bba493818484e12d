#!/usr/bin/env node
/** `npm run test:misery`: the fake host, nginx and Apache with I/O, memory and clients at their worst. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withBuildLock } from './lib/build-lock.mjs';
import { buildProducts } from './lib/build.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { capture } from './lib/command.mjs';
import { UserMistake, runMain } from './lib/failure.mjs';
import { buildNginxServer } from './lib/nginx-server-build.mjs';
import { build, inRepository, nativePaths } from './lib/paths.mjs';
import { runParts } from './lib/proof.mjs';
import { runVitest } from './lib/runners.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run test:misery [-- --seed N]

Runs test/misery (hosts and clients that leave at each message, allocations that fail one by one, bytes that come one at a
time) on the fake host, nginx and Apache, and then the servers' other suites over sockets that move a byte at a time or
none. N (1 unless told) chooses when nothing moves: the same N makes the same choices again.
`;

const folder = join(build, 'misery');
const library = join(nativePaths('').native, 'test/libraries/misery.so');
const control = join(folder, 'control');
const orderTable = join(folder, 'order.json');

/** Suites of what any client may see, however its bytes come; the others ask when, or how much memory. */
const nginxSuites = [
  'test/conformance/nginx',
  ...['bodies', 'connection', 'environ', 'files', 'filters', 'http2', 'logging', 'mounts', 'neighbours'].map(inSuite),
  ...['persistence', 'resets', 'responses'].map(inSuite),
];

const apacheSuites = ['test/conformance/apache-worker', 'test/conformance/apache-prefork'];

/**
 * With event, httpd writes the rest of a response after its request: files outlive it then. Of the others now and then one
 * keeps its connection for longer than the tests wait.
 */
const eventSuites = ['test/conformance/apache-event'];
const eventTests = 'file_wrapper';

/**
 * What these tests take for granted does not hold of such sockets: that bytes written at once arrive at once, and that a
 * head has left before its response is broken off.
 */
const exempt = '(a reset after the commit|declared length resets|swallowing the rethrown error)';

await runMain(async () => {
  const { values } = readCommandLine(usage, { seed: { type: 'string', default: '1' } });
  if (!/^\d+$/.test(values.seed)) {
    throw new UserMistake(`--seed wants a whole number, not \`${values.seed}\`.`);
  }
  await setUp();
  await buildProducts();
  const nginx = (await withBuildLock(() => buildNginxServer({ sanitizer: '' }))) ?? '/usr/sbin/nginx';
  mkdirSync(folder, { recursive: true });
  writeFileSync(orderTable, (await capture(join(nativePaths('').native, 'test/print-order'), [])).stdout);
  const env = { ...process.env, TSGI_SANITIZE: undefined };
  const onNginx = { ...env, TSGI_NGINX: preloaded(nginx) };
  const onApache = { ...env, TSGI_APACHE: preloaded('/usr/sbin/apache2') };
  return runParts([
    {
      title: `fake host: it leaves, memory is short, bytes come one at a time, seed ${values.seed}`,
      run: () => runMisery('addon', { ...env, TSGI_MISERY_PRELOAD: library, TSGI_MISERY_SEED: values.seed }),
    },
    {
      title: 'nginx: clients leave, memory is short',
      run: () => runMisery('nginx', { ...onNginx, TSGI_TRACE: '1' }),
    },
    {
      title: 'Apache: clients leave, memory is short',
      run: () => runMisery('apache', { ...onApache, TSGI_TRACE: '1' }),
    },
    {
      title: `nginx: sockets move a byte at a time or none, seed ${values.seed}`,
      run: () => runOverSockets('nginx', nginxSuites, { ...onNginx, TSGI_MISERY: `seed=${values.seed}` }),
    },
    {
      title: `Apache: sockets move a byte at a time or none, seed ${values.seed}`,
      run: () => runOverSockets('apache', apacheSuites, { ...onApache, TSGI_MISERY: `seed=${values.seed}` }),
    },
    {
      title: `Apache, which writes files by itself: the same, seed ${values.seed}`,
      run: () => runOverSockets('event', eventSuites, { ...onApache, TSGI_MISERY: `seed=${values.seed}` }, eventTests),
    },
  ]);
});

/**
 * @param {string} host whose part of test/misery
 * @param {NodeJS.ProcessEnv} env
 */
function runMisery(host, env) {
  writeFileSync(control, Buffer.alloc(4096), { mode: 0o666 });
  return runVitest([`test/misery/${host}-`], {
    report: `vitest-misery-${host}`,
    args: ['--config', inRepository('test/misery/vitest.config.mjs')],
    env: { ...env, TSGI_MISERY_CONTROL: control, TSGI_MISERY_ORDER: orderTable },
  });
}

/**
 * @param {string} host
 * @param {readonly string[]} files
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [only] part of the names of the tests
 */
function runOverSockets(host, files, env, only = '') {
  return runVitest(files, {
    report: `vitest-misery-sockets-${host}`,
    args: ['--testNamePattern', `^(?!.*${exempt}).*${only}`],
    env: { ...env, TSGI_TEST_SOCKETS: 'slow' },
  });
}

/** @param {string} server */
function preloaded(server) {
  const path = join(folder, basename(server));
  writeFileSync(path, `#!/bin/sh\nLD_PRELOAD=${library} exec ${server} "$@"\n`, { mode: 0o755 });
  return path;
}

/** @param {string} name */
function inSuite(name) {
  return `test/nginx/${name}`;
}
