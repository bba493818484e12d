/** An nginx of a peer: the frame that all of them share, bench/peers/nginx.conf, around the peer's own part. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRepository, repository } from '../../scripts/lib/paths.mjs';
import { workerUserFor } from '../../scripts/lib/worker-user.mjs';
import { startServer } from './server-process.mjs';

export const nginxProgram = process.env['TSGI_NGINX'] ?? '/usr/sbin/nginx';

const OPEN_FILES = 16384;

/**
 * @param {string} title
 * @param {string} part a file in bench/peers
 * @param {Record<string, string>} words what stands between two @ in that file, besides `port` and `folder`
 * @param {(folder: string) => void} [prepare] writes what else is served
 */
export async function startNginx(title, part, words, prepare = () => {}) {
  const user = await workerUserFor(repository);
  return startServer({
    title,
    user,
    command: ({ folder, port }) => {
      const all = {
        ...words,
        folder,
        port: String(port),
        open_files: String(openFiles()),
        user: user === null ? '' : `user ${user.name} ${user.group};`,
      };
      write(part, join(folder, 'server.conf'), all);
      write('nginx.conf', join(folder, 'nginx.conf'), { modules: '', ...all });
      prepare(folder);
      return [nginxProgram, '-p', folder, '-c', 'nginx.conf', '-e', 'stderr'];
    },
  });
}

/** Two for each of the most connections that can be asked for, and as many again, where we may. */
function openFiles() {
  const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
  return hard === undefined || hard === 'unlimited' ? OPEN_FILES : Math.min(OPEN_FILES, Number(hard));
}

/**
 * @param {string} template
 * @param {string} file
 * @param {Record<string, string>} words
 */
function write(template, file, words) {
  writeFileSync(file, fillIn(readFileSync(inRepository('bench/peers', template), 'utf8'), words));
}

/**
 * @param {string} template
 * @param {Record<string, string>} words
 */
export function fillIn(template, words) {
  return template.replaceAll(/@(\w+)@/g, (_, /** @type {string} */ name) => {
    const word = words[name];
    if (word === undefined) {
      throw new Error(`nothing to fill in for @${name}@`);
    }
    return word;
  });
}

/**
 * A text as nginx reads it between quotation marks; line breaks can stand in it.
 * @param {string} text
 */
export function nginxText(text) {
  if (text.includes('$')) {
    throw new Error('nginx would take the $ for a variable');
  }
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
