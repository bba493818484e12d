import { dirname } from 'node:path';
import { nativePaths } from '../../scripts/lib/paths.mjs';
import { apacheText, startApache } from '../lib/apache.mjs';
import { applicationFile, LISTENING, needsApplication } from '../lib/peer.mjs';

const title = 'TSGI in Apache';
const applications = ['tsgi.mts', LISTENING];

/** @type {import('../lib/peer.mjs').Peer} */
export const apacheTsgi = {
  name: 'apache-tsgi',
  title,
  serves: needsApplication(applications),
  start(workload, connections) {
    const file = applicationFile(workload, applications);
    return startApache(title, 'apache-tsgi.conf', connections, {
      module: apacheText(nativePaths().apacheModule),
      application: apacheText(file),
      application_folder: apacheText(dirname(file)),
    });
  },
};
