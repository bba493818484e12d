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
 * @param {string} [directives] more of them, in the http block
 */
export function startNginxTsgi(workload, directives = '') {
  return startNginx(title, 'nginx-tsgi.conf', {
    modules: `load_module ${nginxText(nativePaths().nginxModule)};`,
    application: nginxText(applicationFile(workload, applications)),
    main: directives,
  });
}
