/** One question at a time to the server of a soak, on a connection of its own. */
import { request } from 'node:http';

/**
 * @param {number} port
 * @param {string} path
 * @returns {Promise<{ status: number, text: string, retryAfter: boolean }>} status 0: no whole answer, and `text` why
 */
export function ask(port, path) {
  return new Promise((resolve) => {
    const failed = (/** @type {string} */ why) => resolve({ status: 0, text: why, retryAfter: false });
    const asked = request({ host: '127.0.0.1', port, path, agent: false, timeout: 60_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('error', (error) => failed(error.message));
      response.on('close', () => {
        const { statusCode: status = 0, headers, complete } = response;
        if (complete) {
          resolve({ status, text, retryAfter: headers['retry-after'] !== undefined });
        } else {
          failed('a response without its end');
        }
      });
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer within 60 s')));
    asked.on('error', (error) => failed(error.message));
    asked.end();
  });
}
