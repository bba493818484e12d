import { expect, it } from 'vitest';
import { withPeers } from '../../bench/lib/rounds.mjs';
import { nginxText } from '../../bench/lib/nginx.mjs';
import { fillIn } from '../../bench/lib/template.mjs';
import { frameworkLineUps, lineUps } from '../../bench/line-ups.mjs';
import { frameworks, workloads } from '../../bench/workloads.mjs';
import { quote } from '../../scripts/lib/apache-config.mjs';
import { missingPackages } from '../../scripts/lib/debian-packages.mjs';

const signal = new AbortController().signal;
const peersOf = (all: typeof lineUps) => [...new Set(all.flatMap((lineUp) => lineUp.peers))];

// What only the bench needs is installed by it, and not by set-up.
const missing = new Set(await missingPackages(peersOf(lineUps).flatMap(({ packages = [] }) => packages)));

it.each([
  ...workloads.map((workload) => ({ workload, name: workload.name, peers: peersOf(lineUps) })),
  ...frameworks.map((workload) => ({ workload, name: workload.name, peers: peersOf(frameworkLineUps) })),
])('every peer answers the workload $name as it should', async ({ workload, peers }) => {
  const serving = peers.filter((peer) => peer.serves(workload));
  expect(peers.filter((peer) => serving.includes(peer) || peer.yardstick)).toEqual(peers);
  const able = serving.filter(({ packages = [] }) => !packages.some((name) => missing.has(name)));
  await withPeers(able, { workload, most: 2 }, signal, (candidates) => {
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
  expect(quote('a "b" \\ c')).toBe('"a \\"b\\" \\\\ c"');
  expect(() => quote('${ENV}')).toThrow('cannot hold');
});
