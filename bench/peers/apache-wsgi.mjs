import { dirname } from 'node:path';
import { apacheText, startApache } from '../lib/apache.mjs';
import { applicationFile, needsApplication } from '../lib/peer.mjs';

const title = 'mod_wsgi in Apache (Python)';
const application = 'application.wsgi';

/** @type {import('../lib/peer.mjs').Peer} */
export const apacheWsgi = {
  name: 'apache-wsgi',
  title,
  packages: ['libapache2-mod-wsgi-py3'],
  serves: needsApplication(application),
  start(workload, connections) {
    const file = applicationFile(workload, application);
    return startApache(title, 'apache-wsgi.conf', connections, {
      application: apacheText(file),
      application_folder: apacheText(dirname(file)),
    });
  },
};
