/** Peers and workloads that need no server. */
import type { Peer, RunningPeer, Workload } from '../../bench/lib/peer.mjs';

export const fakePeer = (name: string, more: Partial<Peer> = {}): Peer => ({
  name,
  title: name,
  serves: () => true,
  start: () => Promise.reject(new Error('a fake peer cannot start')),
  ...more,
});

export const fakeWorkload = (more: Partial<Workload> = {}): Workload => ({
  name: 'fake',
  title: 'a fake',
  application: 'hello',
  request: { method: 'GET', path: '/' },
  answer: { type: 'text/plain', body: Buffer.from('fake') },
  connections: [1],
  quickConnections: [1],
  load: () => Promise.reject(new Error('a fake workload has no load')),
  ...more,
});

export const fakeRunning = (port: number, more: Partial<RunningPeer> = {}): RunningPeer => ({
  port,
  pids: () => [],
  output: () => '',
  stop: () => Promise.resolve(),
  ...more,
});
