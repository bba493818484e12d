import { applicationFile, LISTENING, needsApplication } from '../lib/peer.mjs';
import { startServer } from '../lib/server-process.mjs';

const title = 'node:http alone';
const applications = ['node-http.mjs', LISTENING];

/** @type {import('../lib/peer.mjs').Peer} */
export const nodeHttp = {
  name: 'node-http',
  title,
  serves: needsApplication(applications),
  start: (workload) =>
    startServer({
      title,
      environment: (port) => ({ NODE_ENV: 'production', PORT: String(port) }),
      command: ({ port }) => [process.execPath, applicationFile(workload, applications), String(port)],
    }),
};
