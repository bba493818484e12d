import { wrk } from '../load/wrk.mjs';

/** @type {import('../lib/peer.mjs').Workload} */
export const megabyte = {
  name: 'megabyte',
  title: 'GET, 1 MB',
  application: 'megabyte',
  request: { method: 'GET', path: '/megabyte' },
  answer: { type: 'application/octet-stream', body: Buffer.alloc(1024 * 1024, 'TSGI') },
  connections: [1, 32, 256],
  quickConnections: [32],
  load: wrk,
};
