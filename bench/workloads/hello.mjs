import { wrk } from '../load/wrk.mjs';

/** @type {import('../lib/peer.mjs').Workload} */
export const hello = {
  name: 'hello',
  title: 'GET, 14 bytes of text',
  application: 'hello',
  request: { method: 'GET', path: '/hello' },
  answer: { type: 'text/plain; charset=utf-8', body: Buffer.from('Hello, world!\n') },
  connections: [1, 32, 256],
  quickConnections: [32],
  load: wrk,
};
