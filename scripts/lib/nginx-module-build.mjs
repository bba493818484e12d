/**
 * ngx_http_tsgi_module.so, against the configured sources that Debian's nginx-dev brings, so that Debian's nginx loads it.
 */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { run } from './command.mjs';
import { StepFailure } from './failure.mjs';
import { fingerprint, isFresh, listFiles, recordFresh } from './freshness.mjs';
import { inRepository, nativePaths } from './paths.mjs';
import { step } from './progress.mjs';

const debianSources = '/usr/share/nginx/src';
const moduleFolder = inRepository('nginx-module');
const sharedFolders = [inRepository('native/host'), inRepository('native/include')];

// nginx itself adds -W -Wall -Werror.
const compilerOptions = ['-O2', '-g', '-fstack-protector-strong', '-Wformat', '-Werror=format-security'];

/** @param {string} [sanitizers] */
export async function buildNginxModule(sanitizers) {
  const { nginxModule, nginxSources, nginxObjects, library, sanitizers: chosen } = nativePaths(sanitizers);
  const flagsFile = join(debianSources, 'conf_flags');
  if (!existsSync(flagsFile)) {
    throw new StepFailure(`no nginx sources in ${debianSources}`, { cure: '`npm run setup` installs nginx-dev' });
  }
  const name = `nginx-${chosen || 'plain'}`;
  const print = fingerprint([moduleFolder, ...sharedFolders, flagsFile]);
  if (isFresh(name, print, [nginxModule])) {
    return;
  }
  await step(`nginx module${chosen && ` with ${chosen}`}`, async () => {
    await configure({ chosen, flagsFile, nginxSources, nginxObjects, library });
    await run('make', ['-f', join(nginxObjects, 'Makefile'), `-j${availableParallelism()}`, 'modules'], {
      cwd: nginxSources,
      log: 'nginx-module-build',
      what: 'compiling the nginx module',
    });
    recordFresh(name, print);
  });
}

/**
 * Configures when there is something new to configure: make cares for the sources by itself.
 * @param {{ chosen: string, flagsFile: string, nginxSources: string, nginxObjects: string, library: string }} where
 */
async function configure({ chosen, flagsFile, nginxSources, nginxObjects, library }) {
  const name = `nginx-configure-${chosen || 'plain'}`;
  const sanitize = chosen && ` -fsanitize=${chosen} -fno-omit-frame-pointer`;
  const options = compilerOptions.join(' ') + sanitize;
  const print = fingerprint(
    [join(moduleFolder, 'config'), flagsFile],
    [options, library, readFileSync(flagsFile, 'utf8'), ...listFiles([moduleFolder, ...sharedFolders])],
  );
  if (isFresh(name, print, [join(nginxObjects, 'Makefile')])) {
    return;
  }
  // The objects stay: make sees what is stale, and the module of before can be loaded until there is a new one.
  rmSync(nginxSources, { recursive: true, force: true });
  cpSync(debianSources, nginxSources, { recursive: true, dereference: true });

  // conf_flags is a bash array.
  const script = `
    . ./conf_flags
    exec ./configure "\${NGX_CONF_FLAGS[@]}" "$@"`;
  await run(
    'bash',
    [
      ...['-c', script, 'configure', `--builddir=${nginxObjects}`, `--add-dynamic-module=${moduleFolder}`],
      ...[`--with-cc-opt=${options}`, `--with-ld-opt=-Wl,-z,relro -Wl,-z,now${sanitize}`],
    ],
    {
      cwd: nginxSources,
      env: { ...process.env, TSGI_LIBRARY: library },
      log: 'nginx-module-configure',
      what: 'configuring the nginx module',
      cure: '`npm run setup` installs the libraries that nginx asks for; `npm run clean` starts afresh',
    },
  );
  recordFresh(name, print);
}
