import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quote } from '../../scripts/lib/apache-config.mjs';
import { startApache } from '../lib/apache.mjs';

const title = 'Apache static file';

/** @type {import('../lib/peer.mjs').Peer} */
export const apacheFile = {
  name: 'apache-file',
  title,
  serves: () => true,
  start({ request: { path }, answer: { type, body } }, connections) {
    return startApache(title, 'apache-file.conf', connections, { type: quote(type) }, (folder) => {
      mkdirSync(join(folder, 'files'));
      writeFileSync(join(folder, 'files', path), body);
    });
  },
};
