import { startApache } from '../lib/apache.mjs';
import { inFrontOf } from '../lib/peer.mjs';
import { nodeHttp } from './node-http.mjs';

const title = 'Apache mod_proxy_http → node:http';

/** @type {import('../lib/peer.mjs').Peer} */
export const apacheProxy = {
  name: 'apache-proxy',
  title,
  serves: nodeHttp.serves,
  async start(workload, connections) {
    const upstream = await nodeHttp.start(workload, connections);
    const words = { upstream_port: String(upstream.port) };
    return inFrontOf(upstream, () => startApache(title, 'apache-proxy.conf', connections, words));
  },
};
