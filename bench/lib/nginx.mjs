/** An nginx of a peer: the frame that all of them share, bench/peers/nginx.conf, around the peer's own part. */
import { readFileSync } from 'node:fs';
import { repository } from '../../scripts/lib/paths.mjs';
import { workerUserFor } from '../../scripts/lib/worker-user.mjs';
import { startServer } from './server-process.mjs';
import { writeTemplate } from './template.mjs';

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
      writeTemplate(part, folder, 'server.conf', all);
      writeTemplate('nginx.conf', folder, 'nginx.conf', { modules: '', ...all });
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
 * A text as nginx reads it between quotation marks; line breaks can stand in it.
 * @param {string} text
 */
export function nginxText(text) {
  if (text.includes('$')) {
    throw new Error('nginx would take the $ for a variable');
  }
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
