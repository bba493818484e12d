import { wrk } from '../load/wrk.mjs';

const body = Buffer.alloc(10 * 1024, 'TSGI');

/** @type {import('../lib/peer.mjs').Workload} */
export const post = {
  name: 'post',
  title: 'POST of 10 kB, answered with its size',
  application: 'receive',
  request: { method: 'POST', path: '/receive', fields: [['Content-Type', 'application/octet-stream']], body },
  answer: { type: 'text/plain; charset=utf-8', body: Buffer.from(`${body.length}\n`) },
  connections: [1, 32, 256],
  quickConnections: [32],
  load: wrk,
};
