/** TCP ports of this machine's loopback address. */
import { createServer } from 'node:net';
import { capture } from './command.mjs';

const address = '127.0.0.1';

/**
 * A port that nobody listens on at this moment. Somebody else may take it before its user does, who has to expect that.
 * @returns {Promise<number>}
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, address, () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * Why the port cannot be listened on, in words that complete "port N ..."; null when it can.
 * @param {number} port
 * @returns {Promise<string | null>}
 */
export async function whyNotFree(port) {
  const code = await new Promise((/** @type {(code: string | null) => void} */ resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? error.message));
    server.listen(port, address, () => server.close(() => resolve(null)));
  });
  if (code === null) {
    return null;
  }
  if (code === 'EACCES') {
    return 'may only be listened on by root';
  }
  return `is in use${await user(port)}`;
}

/** @param {number} port */
async function user(port) {
  const { stdout } = await capture('ss', ['-Hltnp', `sport = :${port}`]).catch(() => ({ stdout: '' }));
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(stdout) ?? [];
  return name === undefined ? ' by another process' : ` by ${name} (process ${pid})`;
}
