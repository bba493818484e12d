/** Which peers are set side by side, row by row, and which two of them the others are measured by. */
import { apacheFile } from './peers/apache-file.mjs';
import { apacheProxy } from './peers/apache-proxy.mjs';
import { apacheTsgi } from './peers/apache-tsgi.mjs';
import { apacheWsgi } from './peers/apache-wsgi.mjs';
import { nginxBound } from './peers/nginx-bound.mjs';
import { nginxProxy } from './peers/nginx-proxy.mjs';
import { nginxReturn } from './peers/nginx-return.mjs';
import { nginxTsgi } from './peers/nginx-tsgi.mjs';
import { nodeHttp } from './peers/node-http.mjs';

/**
 * @typedef {object} LineUp
 * @property {readonly import('./lib/peer.mjs').Peer[]} peers
 * @property {{ name: string, peer: import('./lib/peer.mjs').Peer }} proxy what people use today
 * @property {{ name: string, peer: import('./lib/peer.mjs').Peer }} limit what the server can do at best
 */

/** @type {readonly LineUp[]} */
export const lineUps = [
  {
    peers: [nginxReturn, nginxProxy, nodeHttp, nginxTsgi],
    proxy: { name: 'proxy_pass', peer: nginxProxy },
    limit: { name: 'return 200', peer: nginxReturn },
  },
  {
    peers: [apacheFile, apacheProxy, nodeHttp, apacheWsgi, apacheTsgi],
    proxy: { name: 'mod_proxy_http', peer: apacheProxy },
    limit: { name: 'static file', peer: apacheFile },
  },
];

/**
 * With `--frameworks`: one application that listens, behind the server, with none before it, and inside the server.
 * @type {readonly LineUp[]}
 */
export const frameworkLineUps = [
  {
    peers: [nginxProxy, nodeHttp, nginxTsgi, nginxBound],
    proxy: { name: 'proxy_pass', peer: nginxProxy },
    limit: { name: 'alone', peer: nodeHttp },
  },
  {
    peers: [apacheProxy, nodeHttp, apacheTsgi],
    proxy: { name: 'mod_proxy_http', peer: apacheProxy },
    limit: { name: 'alone', peer: nodeHttp },
  },
];
