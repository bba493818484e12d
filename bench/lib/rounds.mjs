/** Rounds: every peer in turn, again and again, so that whatever the machine does meanwhile happens to all of them. */
import { StepFailure } from '../../scripts/lib/failure.mjs';
import { cpuTime } from './cpu.mjs';
import { verify } from './verify.mjs';

/**
 * @typedef {object} Candidate a peer that runs and answers rightly
 * @property {import('./peer.mjs').Peer} peer
 * @property {import('./peer.mjs').RunningPeer} running
 * @property {number} answerSize bytes of a whole answer
 */

/** @typedef {{ peer: import('./peer.mjs').Peer, warmUp: Round, rounds: Round[] }} Measured */
/** @typedef {import('./arithmetic.mjs').Round} Round */
/** @typedef {{ rounds: number, seconds: number, warmUpSeconds: number, signal: AbortSignal }} RoundSettings */

/**
 * Starts the peers of a workload, lets `work` use them, and stops them however that ends.
 * @template T
 * @param {readonly import('./peer.mjs').Peer[]} peers
 * @param {{ workload: import('./peer.mjs').Workload, most: number }} load what they are to be ready for: `most`
 *   connections at the same time
 * @param {AbortSignal} signal
 * @param {(candidates: Candidate[]) => Promise<T>} work
 */
export async function withPeers(peers, { workload, most }, signal, work) {
  /** @type {import('./peer.mjs').RunningPeer[]} */
  const started = [];
  try {
    /** @type {Candidate[]} */
    const candidates = [];
    for (const peer of peers) {
      signal.throwIfAborted();
      const running = await peer.start(workload, most);
      started.push(running);
      candidates.push({ peer, running, answerSize: await verify(peer.title, running, workload) });
      complainOfOutput(peer, running);
    }
    const result = await work(candidates);
    await stopAll(started);
    return result;
  } catch (error) {
    await stopAll(started).catch(() => {}); // the first failure is the one to tell
    throw error;
  }
}

/** @param {readonly import('./peer.mjs').RunningPeer[]} started */
async function stopAll(started) {
  const ends = await Promise.allSettled(started.map((running) => running.stop()));
  for (const end of ends) {
    if (end.status === 'rejected') {
      throw end.reason;
    }
  }
}

/**
 * The first round warms up and is not counted.
 * @param {readonly Candidate[]} candidates
 * @param {import('./peer.mjs').Workload} workload
 * @param {number} connections
 * @param {RoundSettings} settings
 * @returns {Promise<Measured[]>}
 */
export async function measure(candidates, workload, connections, settings) {
  /** @type {Round[][]} */
  const all = [];
  for (let number = 0; number <= settings.rounds; number++) {
    const { signal, seconds: length, warmUpSeconds } = settings;
    const seconds = number === 0 ? warmUpSeconds : length;
    /** @type {Round[]} */
    const round = [];
    for (const candidate of candidates) {
      round.push(await measureRound(candidate, workload, { connections, seconds, signal }));
    }
    all.push(round);
  }
  return candidates.map(({ peer }, index) => {
    const [warmUp, ...counted] = all.map((round) => /** @type {Round} */ (round[index]));
    return { peer, warmUp: /** @type {Round} */ (warmUp), rounds: counted };
  });
}

/**
 * @param {Candidate} candidate
 * @param {import('./peer.mjs').Workload} workload
 * @param {import('../load/wrk.mjs').LoadSettings} settings
 * @returns {Promise<Round>}
 */
export async function measureRound({ peer, running, answerSize }, workload, settings) {
  const before = cpuTime(running.pids());
  const figures = await workload.load(running.port, workload.request, settings).catch((error) => {
    if (!(error instanceof StepFailure)) {
      throw error;
    }
    const what = `${peer.title}, workload \`${workload.name}\`, connections: ${settings.connections}`;
    const output = [error.output, running.output()].filter(Boolean).join('\n');
    throw new StepFailure(`${what}: ${error.message}`, { output });
  });
  const after = cpuTime(running.pids());
  complainOfOutput(peer, running);
  complainOfBytes(peer, figures, answerSize, settings.connections);
  return {
    ...figures,
    userSeconds: after.user - before.user,
    systemSeconds: after.system - before.system,
  };
}

/**
 * @param {import('./peer.mjs').Peer} peer
 * @param {import('./peer.mjs').RunningPeer} running
 */
function complainOfOutput(peer, running) {
  const output = running.output();
  if (output !== '') {
    throw new StepFailure(`${peer.title} complains; a figure taken now would be of something else`, { output });
  }
}

/**
 * Every completed answer was as long as the one that was looked at; those under way at the end were not completed.
 * @param {import('./peer.mjs').Peer} peer
 * @param {import('../load/wrk.mjs').LoadFigures} figures
 * @param {number} answerSize
 * @param {number} connections
 */
function complainOfBytes(peer, { requests, bytes }, answerSize, connections) {
  if (bytes < requests * answerSize || bytes > (requests + connections) * answerSize) {
    throw new StepFailure(
      `${peer.title} sent ${bytes} bytes in ${requests} answers, each of which should have had ${answerSize}`,
    );
  }
}
