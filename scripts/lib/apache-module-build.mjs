/** mod_tsgi.so, against the headers of Debian's apache2-dev. apache-module/Makefile knows how; this knows when. */
import { availableParallelism } from 'node:os';
import { isInstalled, run } from './command.mjs';
import { StepFailure } from './failure.mjs';
import { fingerprint, isFresh, recordFresh } from './freshness.mjs';
import { inRepository, nativePaths } from './paths.mjs';
import { step } from './progress.mjs';

const moduleFolder = inRepository('apache-module');
const sources = [moduleFolder, inRepository('native/host'), inRepository('native/include')];

/** What apxs answers from. */
const configuration = '/usr/share/apache2/build/config_vars.mk';

/** @param {string} [sanitizers] */
export async function buildApacheModule(sanitizers) {
  const { apache, apacheModule, library, sanitizers: chosen } = nativePaths(sanitizers);
  const name = `apache-${chosen || 'plain'}`;
  const print = fingerprint([...sources, configuration], [library]);
  if (isFresh(name, print, [apacheModule])) {
    return;
  }
  if (!(await isInstalled('apxs'))) {
    throw new StepFailure('there is no apxs', { cure: '`npm run setup` installs apache2-dev' });
  }
  await step(`Apache module${chosen && ` with ${chosen}`}`, async () => {
    await run(
      'make',
      [
        ...['-C', moduleFolder, `-j${availableParallelism()}`],
        ...[`OUT=${apache}`, `TSGI_LIBRARY=${library}`, `SANITIZE=${chosen}`],
      ],
      { log: 'apache-module-build', what: 'compiling the Apache module' },
    );
    recordFresh(name, print);
  });
}
