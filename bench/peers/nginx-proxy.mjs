import { inFrontOf } from '../lib/peer.mjs';
import { startNginx } from '../lib/nginx.mjs';
import { nodeHttp } from './node-http.mjs';

const title = 'nginx proxy_pass → node:http';

/** @type {import('../lib/peer.mjs').Peer} */
export const nginxProxy = {
  name: 'nginx-proxy',
  title,
  serves: nodeHttp.serves,
  async start(workload, connections) {
    const upstream = await nodeHttp.start(workload, connections);
    return inFrontOf(upstream, () => startNginx(title, 'nginx-proxy.conf', { upstream_port: String(upstream.port) }));
  },
};
