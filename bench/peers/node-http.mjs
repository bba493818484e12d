import { applicationFile, needsApplication } from '../lib/peer.mjs';
import { startServer } from '../lib/server-process.mjs';

const title = 'node:http alone';
const application = 'node-http.mjs';

/** @type {import('../lib/peer.mjs').Peer} */
export const nodeHttp = {
  name: 'node-http',
  title,
  serves: needsApplication(application),
  start: (workload) =>
    startServer({
      title,
      command: ({ port }) => [process.execPath, applicationFile(workload, application), String(port)],
    }),
};
