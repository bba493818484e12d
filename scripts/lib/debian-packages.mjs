/** Debian packages: which are missing, and installing them without starting a service or upgrading a server. */
import { readFileSync } from 'node:fs';
import { runAsRoot } from './administrator.mjs';
import { capture } from './command.mjs';
import { StepFailure } from './failure.mjs';

/**
 * To build, to serve and to test; libnode has a module of its own. Apache's programs without the package `apache2`, which
 * would bring a service and a site of its own; so would `redis-server`, whose program is in `redis-tools`.
 */
export const neededPackages = [
  'apache2-bin',
  'apache2-dev',
  'build-essential',
  'clang-format',
  'cmake',
  'curl',
  'libssl-dev',
  'libuv1-dev',
  'media-types',
  'nginx',
  'nginx-dev',
  'pkg-config',
  'redis-tools',
  'zlib1g-dev',
];

/** The fields of /etc/os-release. */
export function readOsRelease() {
  let text = '';
  try {
    text = readFileSync('/etc/os-release', 'utf8');
  } catch {
    // Some other system: every field is absent.
  }
  return Object.fromEntries([...text.matchAll(/^(\w+)="?(.*?)"?$/gm)].map(([, key, value]) => [key, value]));
}

/**
 * The installed version of each package that is installed.
 * @param {readonly string[]} names
 * @returns {Promise<Map<string, string>>}
 */
export async function installedVersions(names) {
  const format = '${Package} ${db:Status-Abbrev} ${Version}\n';
  const { stdout } = await capture('dpkg-query', ['-W', `-f=${format}`, ...names]).catch(() => ({ stdout: '' }));
  const rows = stdout.split('\n').map((line) => line.split(/\s+/));
  return new Map(
    rows.flatMap(([name, status, version]) => (name && version && status === 'ii' ? [[name, version]] : [])),
  );
}

/** @param {readonly string[]} names */
export async function missingPackages(names) {
  const installed = await installedVersions(names);
  return names.filter((name) => !installed.has(name));
}

/**
 * Installs what is missing of the named packages; does nothing, quickly, when nothing is.
 * @param {readonly string[]} names
 * @returns {Promise<string[]>} what was installed
 */
export async function installPackages(names) {
  const missing = await missingPackages(names);
  if (missing.length === 0) {
    return [];
  }
  const { ID: id = 'unknown', PRETTY_NAME: system = 'this system' } = readOsRelease();
  if (id !== 'debian') {
    throw new StepFailure(`set-up installs packages on Debian only, and this is ${system}`, {
      cure: `provide what these Debian packages hold: ${missing.join(' ')}`,
    });
  }
  await runAsRoot(['sh', 'scripts/root/install-packages.sh', ...(await withServerKept(missing))], {
    log: 'debian-packages',
    what: `installing ${missing.join(' ')}`,
    cure: 'if a package cannot be found or fetched, look at /etc/apt/sources.list and the network, then run this again',
  });
  return missing;
}

/**
 * nginx-dev asks for the very same version of nginx. Where nginx is installed already it stays as it is: a newer
 * nginx-dev would upgrade it and restart a server that is none of ours.
 * @param {readonly string[]} names
 */
async function withServerKept(names) {
  const version = (await installedVersions(['nginx'])).get('nginx');
  return names.map((name) => (name === 'nginx-dev' && version !== undefined ? `nginx-dev=${version}` : name));
}
