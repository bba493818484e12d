/**
 * The embedded runtime: Debian's libnode and its headers.
 *
 * Where the system's own `libnode-dev` can be installed, it is. Where `nodejs` comes from NodeSource it cannot: the
 * headers of the two collide, and Debian's node-acorn asks for Debian's nodejs. There the archives are downloaded and
 * unpacked below build/, and libtsgi finds them by its rpath.
 *
 * Debian's libnode reads some built-in modules from absolute paths below /usr/share/nodejs and aborts when one is
 * missing; the library itself tells which.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runAsRoot } from './administrator.mjs';
import { capture, run } from './command.mjs';
import { installPackages, installedVersions, missingPackages, readOsRelease } from './debian-packages.mjs';
import { StepFailure } from './failure.mjs';
import { libnodeRoot } from './paths.mjs';
import { step } from './progress.mjs';

/** Debian's name for the library, by release. */
const libraryPackages = new Map([
  ['bookworm', 'libnode108'],
  ['trixie', 'libnode115'],
  ['forky', 'libnode137'],
  ['sid', 'libnode137'],
]);

/** Makes libnode and its headers present, in the system or below build/. */
export async function provideLibnode() {
  if ((await missingPackages(['libnode-dev'])).length === 0) {
    return;
  }
  if (await systemCanInstallIt()) {
    await step('libnode', () => installPackages(['libnode-dev']));
    return;
  }
  if (!existsSync(libnodeRoot)) {
    await step('libnode', () => unpackArchives(libraryPackageName()));
  }
  const libraries = await missingPackages(await librariesOf(libraryPackageName()));
  if (libraries.length > 0) {
    await step(`libraries of libnode: ${libraries.join(' ')}`, () => installPackages(libraries));
  }
  await installBuiltins();
}

async function systemCanInstallIt() {
  const nodejs = (await installedVersions(['nodejs'])).get('nodejs');
  if (nodejs === undefined) {
    return true;
  }
  // Debian's nodejs keeps its headers in libnode-dev; any other nodejs that owns them would collide.
  const { code, stdout } = await capture('dpkg-query', ['-S', '/usr/include/node/node.h']);
  return !(code === 0 && stdout.startsWith('nodejs'));
}

function libraryPackageName() {
  const { VERSION_CODENAME: codename = '', PRETTY_NAME: system = 'This system' } = readOsRelease();
  const name = libraryPackages.get(codename);
  if (name === undefined) {
    throw new StepFailure(`${system} is not one of the Debian releases whose libnode is known`, {
      cure: `install libnode's headers and library yourself, or use one of: ${[...libraryPackages.keys()].join(', ')}`,
    });
  }
  return name;
}

/** Where the archives stay: their control files tell what else the library needs. */
const archivesIn = (/** @type {string} */ root) => join(root, 'archives');

/** Which built-in modules the library wants, one absolute path a line. */
const builtinsListIn = (/** @type {string} */ root) => join(root, 'builtins');

/** @param {string} library */
async function unpackArchives(library) {
  const root = `${libnodeRoot}.partial`;
  const archives = archivesIn(root);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(archives, { recursive: true });

  await download([library, 'libnode-dev'], archives);
  const builtins = (await dependenciesOf(library, archives)).filter((name) => name.startsWith('node-'));
  await download(builtins, archives);
  for (const archive of readdirSync(archives)) {
    await run('dpkg', ['-x', join(archives, archive), root], {
      log: 'libnode-unpack',
      what: `unpacking ${archive}`,
      append: true,
    });
  }
  writeFileSync(builtinsListIn(root), builtinPaths(libraryFile(root)).join('\n'));
  renameSync(root, libnodeRoot);
}

/**
 * @param {readonly string[]} names
 * @param {string} folder
 */
async function download(names, folder) {
  const options = { cwd: folder, log: 'libnode-download', what: `downloading ${names.join(' ')}` };
  try {
    await run('apt-get', ['-q', 'download', ...names], options);
  } catch {
    // The lists may be absent, or older than the archive's newest security update.
    await runAsRoot(['apt-get', '-q', 'update'], { log: 'apt-update', what: 'apt-get update' });
    await run('apt-get', ['-q', 'download', ...names], {
      ...options,
      cure: 'the archive must be reachable through /etc/apt/sources.list; then run this again',
    });
  }
}

/**
 * The names a downloaded archive depends on.
 * @param {string} name
 * @param {string} archives
 */
async function dependenciesOf(name, archives) {
  const archive = readdirSync(archives).find((file) => file.startsWith(`${name}_`));
  if (archive === undefined) {
    throw new StepFailure(`no archive of ${name} in ${archives}`, { cure: 'run `npm run clean` and try again' });
  }
  const { stdout } = await capture('dpkg-deb', ['-f', join(archives, archive), 'Depends']);
  return stdout.split(',').flatMap((entry) => entry.trim().split(/[\s|:(]/)[0] || []);
}

/** @param {string} library */
async function librariesOf(library) {
  return (await dependenciesOf(library, archivesIn(libnodeRoot))).filter((name) => !name.startsWith('node-'));
}

/** Puts the built-in modules that the library wants where it wants them. */
async function installBuiltins() {
  const paths = readFileSync(builtinsListIn(libnodeRoot), 'utf8').split('\n').filter(Boolean);
  const absent = paths.filter((path) => !existsSync(path));
  if (absent.length === 0) {
    return;
  }
  await runAsRoot(['sh', 'scripts/root/install-node-builtins.sh', libnodeRoot, ...absent], {
    log: 'node-builtins',
    what: "putting libnode's built-in modules below /usr/share/nodejs",
  });
}

/** @param {string} root */
function libraryFile(root) {
  const folder = join(root, 'usr/lib');
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) =>
    /\/libnode\.so\.\d+$/.test(name),
  );
  if (file === undefined) {
    throw new StepFailure(`no libnode.so below ${folder}`, { cure: 'run `npm run clean` and try again' });
  }
  return join(folder, file);
}

/** @param {string} library */
function builtinPaths(library) {
  const text = readFileSync(library, 'latin1');
  return [...new Set(text.match(/\/usr\/share\/nodejs\/[\w@.\-/]+\.js/g) ?? [])].sort();
}
