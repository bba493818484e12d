/** Before anything is measured: does a peer answer as the workload says, on a connection that stays open? */
import { Agent, request as makeRequest } from 'node:http';
import { StepFailure } from '../../scripts/lib/failure.mjs';

const TIMEOUT_MS = 30_000;

/**
 * @typedef {object} Reply
 * @property {number | undefined} status
 * @property {string | undefined} type
 * @property {Buffer} body
 * @property {import('node:net').Socket} socket
 */

/**
 * Asks twice, the second time on the same connection.
 * @param {string} title of the peer
 * @param {import('./peer.mjs').RunningPeer} running
 * @param {import('./peer.mjs').Workload} workload
 * @returns {Promise<number>} the size of a whole answer in bytes, with its head
 */
export async function verify(title, { port, output }, { name, request, answer }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const fail = (/** @type {string} */ what) => {
    throw new StepFailure(`${title} answers the workload \`${name}\` with ${what}`, { output: output() });
  };
  try {
    const first = await ask(agent, port, request).catch((error) => fail(error.message));
    const before = first.socket.bytesRead;
    const second = await ask(agent, port, request).catch((error) => fail(error.message));
    for (const { status, type, body } of [first, second]) {
      if (status !== 200) {
        fail(`status ${status}, not 200`);
      }
      if (type !== answer.type) {
        fail(`the type ${type}, not ${answer.type}`);
      }
      if (!body.equals(answer.body)) {
        fail(body.length === answer.body.length ? 'other bytes' : `${body.length} bytes, not ${answer.body.length}`);
      }
    }
    if (first.socket !== second.socket) {
      fail('the end of the connection');
    }
    return second.socket.bytesRead - before;
  } finally {
    agent.destroy();
  }
}

/**
 * The request as wrk sends it: no field but those of the workload.
 * @param {Agent} agent
 * @param {number} port
 * @param {import('./peer.mjs').Request} request
 * @returns {Promise<Reply>}
 */
function ask(agent, port, { method, path, fields = [], body }) {
  return new Promise((resolve, reject) => {
    const lengths = body === undefined ? {} : { 'Content-Length': body.length };
    const headers = { ...Object.fromEntries(fields), ...lengths };
    const request = makeRequest({ agent, host: '127.0.0.1', port, method, path, headers, timeout: TIMEOUT_MS });
    request.removeHeader('Connection');
    request.on('timeout', () => request.destroy(new Error('nothing at all')));
    request.on('error', reject);
    request.on('response', (response) => {
      /** @type {Buffer[]} */
      const pieces = [];
      const { statusCode: status, socket } = response;
      response.on('data', (piece) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status, type: response.headers['content-type'], body: Buffer.concat(pieces), socket }),
      );
    });
    request.end(body);
  });
}
