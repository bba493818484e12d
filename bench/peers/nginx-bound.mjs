import { needsApplication } from '../lib/peer.mjs';
import { startNginxTsgi } from './nginx-tsgi.mjs';

const applications = ['bound.mjs'];

/** See applications/bound.mjs. @type {import('../lib/peer.mjs').Peer} */
export const nginxBound = {
  name: 'nginx-bound',
  title: 'TSGI in nginx, no adapter',
  yardstick: true,
  serves: (workload) => needsApplication(applications)(workload) && workload.name === workload.application,
  start: (workload) => startNginxTsgi(workload, { files: applications }),
};
