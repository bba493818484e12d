/** What was measured on, and with which programs: a figure without it says little. */
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { capture } from '../../scripts/lib/command.mjs';
import { inRepository, nativePaths } from '../../scripts/lib/paths.mjs';
import { nginxProgram } from './nginx.mjs';

/** Taken before the servers run. */
export async function describeMachine() {
  return {
    taken: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      kernel: release(),
      load: loadavg()[0] ?? NaN,
    },
    versions: {
      tsgi: JSON.parse(readFileSync(inRepository('package.json'), 'utf8')).version,
      commit: await commit(),
      node: process.versions.node,
      libnode: libnodeVersion(),
      nginx: await saidBy(nginxProgram, ['-v'], /nginx\/(\S+)/),
      wrk: await saidBy('wrk', ['-v'], /^wrk (?:debian\/)?([^\s[]+)/),
    },
  };
}

/** @param {Awaited<ReturnType<typeof describeMachine>>} facts */
export function headingOf({ machine, versions }) {
  const { tsgi, commit: at, node, libnode, nginx, wrk } = versions;
  return [
    `TSGI ${tsgi} (${at}) on libnode ${libnode}; nginx ${nginx}; node:http on Node ${node}; wrk ${wrk}`,
    `${machine.cpu}, ${machine.cores} cores, Linux ${machine.kernel}; load ${machine.load.toFixed(2)} before the run`,
    '',
  ].join('\n');
}

async function commit() {
  const { code, stdout } = await capture('git', ['describe', '--always', '--dirty=, changed']).catch(() => ({
    code: 1,
    stdout: '',
  }));
  return code === 0 ? stdout.trim() : 'no commit';
}

/** The version of the libnode that libtsgi was built for, from its headers. */
function libnodeVersion() {
  const cache = join(nativePaths().native, 'CMakeCache.txt');
  const [, include = ''] = existsSync(cache)
    ? (/^TSGI_LIBNODE_INCLUDE_DIR:PATH=(.*)$/m.exec(readFileSync(cache, 'utf8')) ?? [])
    : [];
  const header = join(include, 'node_version.h');
  const text = existsSync(header) ? readFileSync(header, 'utf8') : '';
  const part = (/** @type {string} */ name) => new RegExp(`define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1] ?? '?';
  return ['MAJOR', 'MINOR', 'PATCH'].map(part).join('.');
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RegExp} pattern
 */
async function saidBy(program, args, pattern) {
  const { stdout, stderr } = await capture(program, args).catch(() => ({ stdout: '', stderr: '' }));
  return pattern.exec(stdout + stderr)?.[1] ?? 'unknown';
}
