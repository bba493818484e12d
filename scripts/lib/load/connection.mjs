/** A connection that asks again and again, one request at a time, and tells what was wrong with each response. */
import { connect } from 'node:net';
import { ResponseReader } from './response-reader.mjs';

/**
 * @typedef {object} Asked
 * @property {Buffer} bytes of the request
 * @property {import('./response-reader.mjs').Expected} expected
 * @property {number} [leaveAfter] the client leaves after so many bytes of body; 0: as soon as the request has gone
 */

/**
 * @typedef {object} Outcome
 * @property {string} [problem]
 * @property {boolean} [stale] the server had closed the connection before it took this request, as it may
 * @property {number} status 0 when there was none
 * @property {boolean} retryAfter
 */

const RECEIVED = 65536;

export class LoadConnection {
  #socket;
  #reader = new ResponseReader();
  #answered = 0;
  #leaveAfter = Infinity;
  /** @type {((outcome: Outcome) => void) | undefined} */
  #settle;
  /** @type {string | undefined} why it is over */
  #over;
  /** When the request under way was sent, in milliseconds; 0: there is none. */
  since = 0;

  /** @param {number} port */
  constructor(port) {
    const buffer = Buffer.allocUnsafe(RECEIVED);
    this.#socket = connect({
      ...{ port, host: '127.0.0.1', noDelay: true },
      onread: { buffer, callback: (size) => this.#take(buffer.subarray(0, size)) },
    });
    this.#socket.on('error', (error) => this.#end(/** @type {NodeJS.ErrnoException} */ (error).code ?? error.message));
    this.#socket.on('end', () => this.#end('closed'));
    this.#socket.on('close', () => this.#end('closed'));
  }

  get usable() {
    return this.#over === undefined;
  }

  /**
   * @param {Asked} asked
   * @returns {Promise<Outcome>}
   */
  ask({ bytes, expected, leaveAfter = Infinity }) {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#reader.begin(expected);
      this.#leaveAfter = leaveAfter;
      this.since = performance.now();
      if (this.#over !== undefined) {
        this.#finish(this.#over);
        return;
      }
      this.#socket.write(bytes, () => {
        if (this.#leaveAfter === 0) {
          this.#finish(undefined);
        }
      });
    });
  }

  /** @param {string} why */
  giveUp(why) {
    this.#end(why);
    this.close();
  }

  close() {
    this.#over ??= 'closed by us';
    this.#socket.destroy();
  }

  /** Leaves at once, by a reset. */
  reset() {
    this.#over ??= 'closed by us';
    this.#socket.resetAndDestroy();
  }

  /** @param {Buffer} bytes */
  #take(bytes) {
    const reader = this.#reader;
    const used = reader.feed(bytes);
    if (used < bytes.length) {
      this.#over ??= 'bytes that nobody asked for';
      reader.problem ??= this.#over;
    }
    if (reader.state === 'done' || reader.size >= this.#leaveAfter) {
      this.#finish(reader.problem);
    }
    return true;
  }

  /** @param {string} why */
  #end(why) {
    if (this.#over === undefined) {
      this.#over = why;
      if (why === 'closed' && this.#reader.closedWhole) {
        this.#reader.finish();
        this.#finish(this.#reader.problem);
      } else {
        this.#finish(why);
      }
    }
  }

  /** @param {string | undefined} problem */
  #finish(problem) {
    const settle = this.#settle;
    if (settle === undefined) {
      return;
    }
    const { status, last, untouched, retryAfter } = this.#reader;
    const stale = problem !== undefined && untouched && this.#answered > 0;
    this.#settle = undefined;
    this.since = 0;
    this.#answered++;
    if (last) {
      this.close();
    }
    settle({ ...(problem === undefined ? {} : { problem, stale }), status, retryAfter });
  }
}
