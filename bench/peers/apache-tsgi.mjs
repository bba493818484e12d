import { dirname } from 'node:path';
import { quote } from '../../scripts/lib/apache-config.mjs';
import { nativePaths } from '../../scripts/lib/paths.mjs';
import { startApache } from '../lib/apache.mjs';
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
      module: quote(nativePaths().apacheModule),
      application: quote(file),
      application_folder: quote(dirname(file)),
    });
  },
};
