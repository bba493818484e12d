import { describe, expect, it } from 'vitest';
import type { Peer } from '../../bench/lib/peer.mjs';
import { measure, withPeers, type Candidate } from '../../bench/lib/rounds.mjs';
import type { LoadFigures, LoadSettings } from '../../bench/load/wrk.mjs';
import { startServer } from '../../bench/lib/server-process.mjs';
import { StepFailure } from '../../scripts/lib/failure.mjs';
import { fakePeer, fakeRunning, fakeWorkload } from './fakes';

const signal = new AbortController().signal;
const settings = { rounds: 2, seconds: 2, warmUpSeconds: 5, signal };
const ANSWER_SIZE = 100;

const candidate = (port: number, output = () => ''): Candidate => ({
  peer: fakePeer(`peer ${port}`),
  running: fakeRunning(port, { output }),
  answerSize: ANSWER_SIZE,
});

const figures = (requests: number): LoadFigures => ({
  ...{ requests, seconds: 1, bytes: requests * ANSWER_SIZE, p50: 1, p99: 2 },
});

describe('rounds', () => {
  it('are interleaved, and the first warms up', async () => {
    const log: string[] = [];
    const load = (port: number, _request: unknown, { connections, seconds }: LoadSettings) => {
      log.push(`${port}: ${connections} for ${seconds}`);
      return Promise.resolve(figures(log.length));
    };
    const measured = await measure([candidate(1), candidate(2)], fakeWorkload({ load }), 32, settings);
    expect(log).toEqual(['1: 32 for 5', '2: 32 for 5', '1: 32 for 2', '2: 32 for 2', '1: 32 for 2', '2: 32 for 2']);
    expect(measured.map(({ warmUp, rounds }) => [warmUp, ...rounds].map(({ requests }) => requests))).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
  });

  it.each([
    ['too few bytes', ANSWER_SIZE * 10 - 1],
    ['more bytes than there can be', ANSWER_SIZE * 12 + 1],
  ])('are refused with %s', async (_, bytes) => {
    const load = () => Promise.resolve({ ...figures(10), bytes });
    await expect(measure([candidate(1)], fakeWorkload({ load }), 2, settings)).rejects.toThrow(
      `peer 1 sent ${bytes} bytes in 10 answers, each of which should have had 100`,
    );
  });

  it('are refused from a server that writes to its log', async () => {
    const load = () => Promise.resolve(figures(10));
    await expect(measure([candidate(1, () => 'oh\n')], fakeWorkload({ load }), 2, settings)).rejects.toThrow(
      'peer 1 complains',
    );
  });

  it('say what was measured when it fails', async () => {
    const load = () => Promise.reject(new StepFailure('wrk saw 3 mice'));
    await expect(measure([candidate(1)], fakeWorkload({ load }), 2, settings)).rejects.toThrow(
      'peer 1, workload `fake`, connections: 2: wrk saw 3 mice',
    );
  });
});

/** A peer in this checkout's own node. */
function nodePeer(name: string, listener: string, stopped: string[]): Peer {
  const code = `require('node:http').createServer(${listener}).listen(+process.argv[1], '127.0.0.1')`;
  return fakePeer(name, {
    async start() {
      const server = await startServer({
        title: name,
        command: ({ port }) => [process.execPath, '-e', code, String(port)],
      });
      return {
        ...server,
        stop: async () => {
          await server.stop();
          stopped.push(name);
        },
      };
    },
  });
}

const right = `(_, response) => { response.setHeader('Content-Type', 'text/plain'); response.end('fake'); }`;

describe('peers', () => {
  it('are looked at before they are measured, and stopped', async () => {
    const stopped: string[] = [];
    const peers = [nodePeer('a', right, stopped), nodePeer('b', right, stopped)];
    const sizes = (await withPeers(peers, { workload: fakeWorkload(), most: 1 }, signal, (candidates) => {
      expect(candidates.flatMap(({ running }) => running.pids())).toHaveLength(2);
      return Promise.resolve(candidates.map(({ answerSize }) => answerSize));
    })) as number[];
    expect(sizes[0]).toBeGreaterThan('HTTP/1.1 200 OK'.length + 'fake'.length);
    expect(sizes[1]).toBe(sizes[0]);
    expect(stopped.sort()).toEqual(['a', 'b']);
  });

  it.each([
    [`(_, response) => { response.statusCode = 404; response.end(); }`, 'status 404, not 200'],
    [`(_, response) => response.end('fake')`, 'the type undefined, not text/plain'],
    [right.replace("'fake'", "'fair'"), 'other bytes'],
    [right.replace("'fake'", "'fakes'"), '5 bytes, not 4'],
    [right.replace('{', "{ response.setHeader('Connection', 'close');"), 'the end of the connection'],
    [`(_, response) => response.destroy()`, 'socket hang up'],
  ])('that answer wrongly are refused, and all are stopped: %s', async (listener, what) => {
    const stopped: string[] = [];
    const peers = [nodePeer('good', right, stopped), nodePeer('bad', listener, stopped)];
    await expect(
      withPeers(peers, { workload: fakeWorkload(), most: 1 }, signal, () => Promise.resolve()),
    ).rejects.toThrow(`bad answers the workload \`fake\` with ${what}`);
    expect(stopped.sort()).toEqual(['bad', 'good']);
  });

  it('are stopped when the work with them fails', async () => {
    const stopped: string[] = [];
    const work = () => Promise.reject(new Error('no more'));
    await expect(
      withPeers([nodePeer('a', right, stopped)], { workload: fakeWorkload(), most: 1 }, signal, work),
    ).rejects.toThrow('no more');
    expect(stopped).toEqual(['a']);
  });

  it('repeat the words of a server that does not start', async () => {
    const command = () => [process.execPath, '-e', 'console.error("out of paper"); process.exit(3)'];
    await expect(startServer({ title: 'printer', command })).rejects.toMatchObject({
      message: 'printer did not start',
      output: 'out of paper\n',
    });
  });
});
