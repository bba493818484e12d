import { dirname } from 'node:path';
import { quote } from '../../scripts/lib/apache-config.mjs';
import { startApache } from '../lib/apache.mjs';
import { applicationFile, needsApplication } from '../lib/peer.mjs';

const title = 'mod_wsgi in Apache (Python)';
const applications = ['application.wsgi'];

/** @type {import('../lib/peer.mjs').Peer} */
export const apacheWsgi = {
  name: 'apache-wsgi',
  title,
  packages: ['libapache2-mod-wsgi-py3'],
  serves: needsApplication(applications),
  start(workload, connections) {
    const file = applicationFile(workload, applications);
    return startApache(title, 'apache-wsgi.conf', connections, {
      application: quote(file),
      application_folder: quote(dirname(file)),
    });
  },
};
