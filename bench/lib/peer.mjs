/** What a peer and a workload are. A new one is a file with such an object in it, and a line in a list. */
import { existsSync } from 'node:fs';
import { inRepository } from '../../scripts/lib/paths.mjs';

/**
 * A request, the answer that every peer must give to it, and how it is loaded onto them.
 * @typedef {object} Workload
 * @property {string} name for the command line
 * @property {string} title
 * @property {string} application folder in bench/applications that holds it in each peer's own language
 * @property {Request} request
 * @property {Answer} answer
 * @property {readonly number[]} connections at the same time
 * @property {readonly number[]} quickConnections the same, when there is little time
 * @property {import('../load/wrk.mjs').Load} load
 */

/**
 * @typedef {object} Request
 * @property {string} method
 * @property {string} path
 * @property {readonly (readonly [name: string, value: string])[]} [fields] besides Host and Content-Length
 * @property {Buffer} [body]
 */

/**
 * @typedef {object} Answer
 * @property {string} type as in Content-Type
 * @property {Buffer} body
 */

/**
 * One way to serve a workload.
 * @typedef {object} Peer
 * @property {string} name for the command line
 * @property {string} title
 * @property {readonly string[]} [packages] Debian's, which it needs beside those of set-up
 * @property {boolean} [yardstick] no way to serve: it is there for some workloads, to measure the others by
 * @property {(workload: Workload) => boolean} serves false: it has no part in this workload
 * @property {(workload: Workload, connections: number) => Promise<RunningPeer>} start ready for so many at the same time
 */

/**
 * @typedef {object} RunningPeer
 * @property {number} port
 * @property {() => number[]} pids every process that has a part in the answer
 * @property {() => string} output what these have said: a peer that is well says nothing
 * @property {() => Promise<void>} stop
 */

/** An application that listens: the same file for every peer that runs Node. */
export const LISTENING = 'server.mjs';

/**
 * The application of a workload as a peer's server takes it.
 * @param {Workload} workload
 * @param {readonly string[]} files which it takes, for example `node-http.mjs`
 */
export function applicationFile(workload, files) {
  const file = findApplication(workload, files);
  if (file === undefined) {
    throw new Error(`no ${files.join(' or ')} for the workload ${workload.name}`);
  }
  return file;
}

/** @param {readonly string[]} files */
export function needsApplication(files) {
  return (/** @type {Workload} */ workload) => findApplication(workload, files) !== undefined;
}

/**
 * @param {Workload} workload
 * @param {readonly string[]} files
 */
function findApplication({ application }, files) {
  return files.map((file) => inRepository('bench/applications', application, file)).find((path) => existsSync(path));
}

/**
 * A peer of two servers, one behind the other.
 * @param {RunningPeer} upstream
 * @param {() => Promise<RunningPeer>} startFront
 * @returns {Promise<RunningPeer>}
 */
export async function inFrontOf(upstream, startFront) {
  try {
    const front = await startFront();
    return {
      port: front.port,
      pids: () => [...front.pids(), ...upstream.pids()],
      output: () => front.output() + upstream.output(),
      stop: async () => {
        try {
          await front.stop();
        } finally {
          await upstream.stop();
        }
      },
    };
  } catch (error) {
    await upstream.stop();
    throw error;
  }
}
