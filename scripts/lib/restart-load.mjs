/**
 * Graceful restarts of an httpd of ours while clients ask it all the time: what was lost, and what is left over.
 *
 * Each client has a new connection for each request, since one that is kept may be closed by the server in the moment in
 * which the client uses it again, restart or not.
 */
import { readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { until } from './probe.mjs';

/**
 * @typedef {object} RestartReport
 * @property {number} restarts
 * @property {number} answered
 * @property {string[]} failures what went wrong with requests
 * @property {number} descriptors by which the parent has more than after the first restart
 * @property {number} processes left of older generations
 */

/**
 * @param {import('./apache-server.mjs').ApacheServer} server with an application at /app
 * @param {{ restarts: number, clients?: number, target?: string, onRestart?: (count: number) => void }} options
 * @returns {Promise<RestartReport>}
 */
export async function restartUnderLoad(server, { restarts, clients = 4, target = '/app', onRestart }) {
  const agent = new Agent({ keepAlive: false });
  /** @type {string[]} */
  const failures = [];
  let answered = 0;
  let going = true;
  const load = Array.from({ length: clients }, async () => {
    while (going) {
      const outcome = await ask(server.port, target, agent);
      if (outcome === '200') {
        answered++;
      } else {
        failures.push(outcome);
      }
    }
  });
  let before = 0;
  for (let count = 1; count <= restarts && failures.length === 0; count++) {
    const reached = answered;
    await server.reload();
    await until(() => answered >= reached + clients || failures.length > 0, {
      what: 'requests are answered',
      seconds: 30,
    });
    if (count === 1) {
      before = await settledDescriptors(server);
    }
    onRestart?.(count);
  }
  going = false;
  await Promise.all(load);
  agent.destroy();
  const after = await settledDescriptors(server);
  const processes = server.processPids().length - server.workerPids().length;
  return { restarts, answered, failures, descriptors: after - before, processes };
}

/**
 * The parent's descriptors once the children of before have left, whose pipes it keeps until then.
 * @param {import('./apache-server.mjs').ApacheServer} server
 */
async function settledDescriptors(server) {
  await until(() => server.processPids().length <= server.workerPids().length, {
    what: 'the children of before a restart leave',
    seconds: 30,
  });
  return readdirSync(`/proc/${server.masterPid}/fd`).length;
}

/**
 * @param {number} port
 * @param {string} path
 * @param {Agent} agent
 * @returns {Promise<string>} the status of a whole response, or what went wrong
 */
function ask(port, path, agent) {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent, timeout: 30_000 }, (response) => {
      response.resume();
      response.on('error', (error) => resolve(String(error)));
      response.on('close', () =>
        resolve(response.complete ? String(response.statusCode) : 'a response without its end'),
      );
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer within 30 s')));
    asked.on('error', (error) => resolve(String(error)));
    asked.end();
  });
}
