import { expect, it } from 'vitest';
import { withPeers } from '../../bench/lib/rounds.mjs';
import { fillIn, nginxText } from '../../bench/lib/nginx.mjs';
import { lineUps } from '../../bench/line-ups.mjs';
import { workloads } from '../../bench/workloads.mjs';

const signal = new AbortController().signal;
const peers = [...new Set(lineUps.flatMap((lineUp) => lineUp.peers))];

it.each(workloads)('every peer answers the workload $name as it should', async (workload) => {
  const able = peers.filter((peer) => peer.serves(workload));
  expect(able).toHaveLength(peers.length);
  await withPeers(able, workload, signal, (candidates) => {
    for (const { running, answerSize } of candidates) {
      expect(answerSize).toBeGreaterThan(workload.answer.body.length);
      expect(running.pids().length).toBeGreaterThan(0);
    }
    return Promise.resolve();
  });
});

it('a configuration is filled in', () => {
  expect(fillIn('listen 127.0.0.1:@port@; # @port@', { port: '80' })).toBe('listen 127.0.0.1:80; # 80');
  expect(() => fillIn('@nothing@', {})).toThrow('nothing to fill in for @nothing@');
  expect(nginxText('a "b" \\ c')).toBe('"a \\"b\\" \\\\ c"');
  expect(() => nginxText('$request')).toThrow('variable');
});
