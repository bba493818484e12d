/** An Apache of a peer: the frame that all of them share, bench/peers/apache.conf, around the peer's own part. */
import { apacheUserFor } from '../../scripts/lib/apache-user.mjs';
import { repository } from '../../scripts/lib/paths.mjs';
import { startServer } from './server-process.mjs';
import { writeTemplate } from './template.mjs';

export const apacheProgram = process.env['TSGI_APACHE'] ?? '/usr/sbin/apache2';

/** httpd closes connections that are kept alive when all of its threads are busy. */
const SPARE_THREADS = 16;

const MODULES = '/usr/lib/apache2/modules';

/**
 * @param {string} title
 * @param {string} part a file in bench/peers
 * @param {number} connections each has a thread for its requests
 * @param {Record<string, string>} words what stands between two @ in that file, besides `port`, `folder` and `modules`
 * @param {(folder: string) => void} [prepare] writes what else is served
 */
export async function startApache(title, part, connections, words, prepare = () => {}) {
  const { user, directives, prefix } = await apacheUserFor(repository);
  const server = await startServer({
    title,
    user,
    command: ({ folder, port }) => {
      const all = {
        ...words,
        ...{ folder, port: String(port), modules: MODULES, threads: String(connections + SPARE_THREADS) },
        user: directives,
      };
      writeTemplate(part, folder, 'server.conf', all);
      writeTemplate('apache.conf', folder, 'apache.conf', all);
      prepare(folder);
      return [...prefix, apacheProgram, '-d', folder, '-f', 'apache.conf', '-D', 'FOREGROUND'];
    },
  });
  // httpd says good morning and goodbye at a level that LogLevel does not silence.
  return { ...server, output: () => server.output().replaceAll(/^.*:notice\] .*\n/gm, '') };
}
