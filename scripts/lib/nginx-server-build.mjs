/**
 * nginx itself, with AddressSanitizer or without, and with NGX_DEBUG_PALLOC, which gives each of its allocations memory of its own:
 * in the packaged one an overrun within a pool goes unseen. Made of the source package of the very version that is
 * installed, so that the module for that one fits; the system's own configuration of apt is read and left alone.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { capture, run } from './command.mjs';
import { StepFailure } from './failure.mjs';
import { fingerprint, isFresh, listFiles, recordFresh } from './freshness.mjs';
import { build } from './paths.mjs';
import { say, step } from './progress.mjs';

const folder = join(build, 'nginx-server');
const sources = join(folder, 'src');
const fetched = join(folder, 'fetched');
const flagsFile = '/usr/share/nginx/src/conf_flags';
const plainOptions = '-O1 -g -fno-omit-frame-pointer -DNGX_DEBUG_PALLOC=1';

/**
 * The program, or null when its sources cannot be had: then what is said tells why.
 * @param {{ sanitizer?: string }} [options]
 * @returns {Promise<string | null>}
 */
export async function buildNginxServer({ sanitizer = 'address' } = {}) {
  const name = sanitizer === '' ? 'nginx-server' : `nginx-server-${sanitizer}`;
  const sanitize = sanitizer && `-fsanitize=${sanitizer}`;
  const compilerOptions = `${plainOptions} ${sanitize}`;
  const objects = join(folder, sanitizer === '' ? 'objs' : `objs-${sanitizer}`);
  const program = join(objects, 'nginx');
  const { stdout: version } = await capture('dpkg-query', ['-W', '-f=${source:Version}', 'nginx']);
  const modules = await builtInModules();
  const print = fingerprint([flagsFile], [version, compilerOptions, ...modules]);
  if (isFresh(name, print, [program])) {
    return program;
  }
  try {
    await step(`sources of nginx ${version}`, () => unpackSources(version));
  } catch (error) {
    say(`no sources of nginx, so that Debian's own will do: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  await step(`nginx${sanitizer && ` with ${sanitizer}`}`, async () => {
    const script = `
      . ${flagsFile}
      exec ./configure "\${NGX_CONF_FLAGS[@]}" "$@"`;
    await run(
      'bash',
      [
        ...['-c', script, 'configure', `--builddir=${objects}`],
        ...[`--with-cc-opt=${compilerOptions}`, `--with-ld-opt=${sanitize}`],
        ...modules,
      ],
      { cwd: sources, log: `${name}-configure`, what: 'configuring nginx' },
    );
    await run('make', ['-f', join(objects, 'Makefile'), `-j${availableParallelism()}`], {
      cwd: sources,
      log: `${name}-build`,
      what: 'compiling nginx',
    });
    recordFresh(name, print);
  });
  return program;
}

/** What the packaged one has beyond `conf_flags`, which are those that matter to a module. */
async function builtInModules() {
  const { stderr } = await capture('/usr/sbin/nginx', ['-V']);
  return stderr.match(/--with-http_\w+_module(?![\w=])/g) ?? [];
}

/**
 * The archive keeps the newest revision alone, and may list one that it does not have: another revision of the same
 * upstream version is as good, and what was fetched once is kept.
 * @param {string} version
 */
async function unpackSources(version) {
  const [upstream = version] = version.split('-');
  const find = () =>
    listFiles([fetched]).find((path) => basename(path).startsWith(`nginx_${upstream}-`) && path.endsWith('.dsc'));
  const description = find() ?? (await fetchSources(version).then(find));
  if (description === undefined) {
    throw new StepFailure(`apt has no source package of nginx ${upstream}`);
  }
  say(`they are those of ${basename(description, '.dsc')}`);
  rmSync(sources, { recursive: true, force: true });
  await run('dpkg-source', ['--extract', description, sources], {
    log: 'nginx-server-unpack',
    what: 'unpacking the source package of nginx',
  });
}

/** @param {string} version */
async function fetchSources(version) {
  const [parts, lists] = [join(folder, 'apt', 'parts'), join(folder, 'apt', 'lists')];
  rmSync(join(folder, 'apt'), { recursive: true, force: true });
  rmSync(fetched, { recursive: true, force: true });
  for (const path of [parts, join(lists, 'partial'), fetched]) {
    mkdirSync(path, { recursive: true });
  }
  writeSourceLists(parts);
  const apt = [
    ...['-q', '-o', 'Dir::Etc::SourceList=/dev/null', '-o', `Dir::Etc::SourceParts=${parts}`],
    ...['-o', `Dir::State::Lists=${lists}`, '-o', 'Dir::Cache::pkgcache=', '-o', 'Dir::Cache::srcpkgcache='],
    ...['-o', 'APT::Sandbox::User='],
  ];
  const where = { cwd: fetched, log: 'nginx-server-sources', what: 'fetching the source package of nginx' };
  const download = (/** @type {string} */ name) =>
    run('apt-get', [...apt, 'source', '--download-only', name], { ...where, append: true });
  await run('apt-get', [...apt, 'update'], where);
  const { stdout: known } = await capture('apt-cache', [...apt.slice(1), 'showsrc', '--only-source', 'nginx']);
  const others = [...known.matchAll(/^Version: (.*)$/gm)].map(([, other = '']) => other).filter((it) => it !== version);
  for (const [index, one] of [version, ...others].entries()) {
    try {
      return await download(`nginx=${one}`);
    } catch (error) {
      if (index === others.length) {
        throw error;
      }
    }
  }
}

/**
 * The system's package sources once more, for sources.
 * @param {string} folder
 */
function writeSourceLists(folder) {
  const [list, parts] = ['/etc/apt/sources.list', '/etc/apt/sources.list.d'];
  const files = [
    ...(existsSync(list) ? [list] : []),
    ...(existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []),
  ];
  for (const [index, file] of files.entries()) {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.sources')) {
      writeFileSync(join(folder, `${index}.sources`), text.replaceAll(/^Types:.*$/gm, 'Types: deb-src'));
    } else if (file.endsWith('.list')) {
      writeFileSync(join(folder, `${index}.list`), text.replaceAll(/^(\s*)deb(\s)/gm, '$1deb-src$2'));
    }
  }
}
