import { nativePaths } from '../../scripts/lib/paths.mjs';
import { nginxText, startNginx } from '../lib/nginx.mjs';
import { applicationFile, LISTENING, needsApplication } from '../lib/peer.mjs';

const title = 'TSGI in nginx';
const applications = ['tsgi.mts', LISTENING];

/** @type {import('../lib/peer.mjs').Peer} */
export const nginxTsgi = {
  name: 'nginx-tsgi',
  title,
  serves: needsApplication(applications),
  start: (workload) => startNginxTsgi(workload),
};

/**
 * @param {import('../lib/peer.mjs').Workload} workload
 * @param {object} [options]
 * @param {readonly string[]} [options.files] of which the application is one
 * @param {string} [options.directives] more of them, in the http block
 */
export function startNginxTsgi(workload, { files = applications, directives = '' } = {}) {
  return startNginx(title, 'nginx-tsgi.conf', {
    modules: `load_module ${nginxText(nativePaths().nginxModule)};`,
    application: nginxText(applicationFile(workload, files)),
    main: directives,
  });
}
