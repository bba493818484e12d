import { dirname } from 'node:path';
import { nativePaths } from '../../scripts/lib/paths.mjs';
import { apacheText, startApache } from '../lib/apache.mjs';
import { applicationFile, needsApplication } from '../lib/peer.mjs';

const title = 'TSGI in Apache';
const application = 'tsgi.mts';

/** @type {import('../lib/peer.mjs').Peer} */
export const apacheTsgi = {
  name: 'apache-tsgi',
  title,
  serves: needsApplication(application),
  start(workload, connections) {
    const file = applicationFile(workload, application);
    return startApache(title, 'apache-tsgi.conf', connections, {
      module: apacheText(nativePaths().apacheModule),
      application: apacheText(file),
      application_folder: apacheText(dirname(file)),
    });
  },
};
