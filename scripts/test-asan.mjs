#!/usr/bin/env node
/** `npm run test:asan`: memory and undefined behaviour, from the core to the web servers. */
import { readdirSync } from 'node:fs';
import { buildAddon } from './lib/addon-build.mjs';
import { buildApacheModule } from './lib/apache-module-build.mjs';
import { withBuildLock } from './lib/build-lock.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { capture } from './lib/command.mjs';
import { runMain } from './lib/failure.mjs';
import { buildNginxModule } from './lib/nginx-module-build.mjs';
import { buildNginxServer } from './lib/nginx-server-build.mjs';
import { inRepository, nativePaths } from './lib/paths.mjs';
import { preloaded } from './lib/preloaded-server.mjs';
import { runParts } from './lib/proof.mjs';
import { buildCoreTests, buildRuntime } from './lib/runtime-build.mjs';
import { runCtest, runVitest } from './lib/runners.mjs';
import { collectReports, findFaults } from './lib/sanitizer-reports.mjs';
import { setUp } from './lib/setup.mjs';
import { buildTypeScript } from './lib/typescript-build.mjs';

const usage = `usage: npm run test:asan [-- --part NAME]

Builds core, bridge, runtime and the modules of both servers with AddressSanitizer and UndefinedBehaviorSanitizer, and nginx
itself, from Debian's source package, with AddressSanitizer and NGX_DEBUG_PALLOC; runs the tests of the core (part
\`core\`), the add-on's (\`addon\`), nginx's (\`nginx\`) and Apache's (\`apache\`). Any report fails, leaks included, but those of
scripts/lib/known-leaks.mjs.
`;

const sanitizers = 'address,undefined';

/** Milliseconds that a test waits for what has to come: the isolates of a conformance suite all load at once. */
const PATIENCE = '30000';

await runMain(async () => {
  const { values } = readCommandLine(usage, { part: { type: 'string' } });
  await setUp();
  const nginx = await withBuildLock(async () => {
    await buildTypeScript();
    await buildCoreTests(sanitizers);
    await buildRuntime(sanitizers);
    await buildAddon(sanitizers);
    await buildNginxModule(sanitizers);
    await buildApacheModule(sanitizers);
    return buildNginxServer();
  });
  // Programs that know nothing of sanitizers need its library before any other.
  const library = (await capture('gcc', ['-print-file-name=libasan.so'])).stdout.trim();
  const preload = { LD_PRELOAD: library };

  const parts = {
    core: {
      title: 'tests of the core',
      run: () => runCtest(nativePaths(sanitizers).native, { report: 'ctest-address' }),
    },
    addon: {
      title: 'tests of tsgi.node in a stock node',
      run: () => watched('addon', ['test/conformance/addon', 'test/native'], preload),
    },
    nginx: {
      title: `tests of nginx, ${nginx === null ? 'which itself has no sanitizer' : 'which has sanitizers throughout'}`,
      run: () =>
        watched('nginx', ['test/nginx', 'test/conformance/nginx'], {
          TSGI_NGINX: nginx ?? preloaded('/usr/sbin/nginx', library),
        }),
    },
    apache: {
      title: 'tests of Apache, which itself has no sanitizer',
      run: () =>
        watched('apache', [...apacheTests(), 'test/conformance/apache-event'], {
          TSGI_APACHE: preloaded('/usr/sbin/apache2', library),
        }),
    },
  };
  const chosen = Object.entries(parts).filter(([name]) => values.part === undefined || name === values.part);
  return runParts(chosen.map(([, part]) => part));
});

/** All but those whose subject is how much is done at once, which takes much longer here. */
function apacheTests() {
  const names = readdirSync(inRepository('test/apache')).filter((name) => name.endsWith('.test.ts'));
  return names.filter((name) => name !== 'processes.test.ts').map((name) => `test/apache/${name}`);
}

/**
 * Tests of vitest, each report of a sanitizer being one failure more.
 * @param {string} name
 * @param {readonly string[]} filters
 * @param {NodeJS.ProcessEnv} env
 */
async function watched(name, filters, env) {
  const { folder, env: options } = collectReports(name);
  const counts = await runVitest(filters, {
    report: `vitest-address-${name}`,
    env: { ...process.env, TSGI_TEST_PATIENCE: PATIENCE, TSGI_SANITIZE: sanitizers, ...options, ...env },
    seconds: 1500,
  });
  const faults = findFaults(folder);
  for (const fault of faults) {
    console.error(`\n${fault}`);
  }
  return { ...counts, failed: counts.failed + faults.length };
}
