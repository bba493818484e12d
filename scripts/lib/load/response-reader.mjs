/**
 * Reads one response of HTTP/1 as its bytes arrive and compares it with what it has to be, keeping nothing: a load
 * generator that makes objects of responses measures itself.
 */

/**
 * @typedef {object} Expected
 * @property {readonly number[]} statuses any of these
 * @property {Buffer} [body] that of status 200, byte for byte; without it any whole body will do
 */

const HEAD_END = Buffer.from('\r\n\r\n');
const LONGEST_HEAD = 16384;
const TO_THE_END = Infinity;

export class ResponseReader {
  /** @type {Expected} */
  #expected = { statuses: [] };
  #head = '';
  /** Bytes of body that came so far. */
  size = 0;
  /** @type {'head' | 'body' | 'size' | 'line-end' | 'trailer' | 'done'} */
  state = 'done';
  /** Of the body, or of the chunk under way. */
  #left = 0;
  #line = '';
  #chunked = false;
  status = 0;
  /** The server will close the connection after this response. */
  last = false;
  /** It tells when to come back. */
  retryAfter = false;
  /** @type {string | undefined} what is wrong with it */
  problem = undefined;

  /** @param {Expected} expected */
  begin(expected) {
    this.#expected = expected;
    this.#head = '';
    this.#line = '';
    this.state = 'head';
    this.size = 0;
    this.status = 0;
    this.last = false;
    this.retryAfter = false;
    this.problem = undefined;
  }

  /** Nothing of it has come. */
  get untouched() {
    return this.state === 'head' && this.#head === '';
  }

  /** How it broke off, of a connection that was closed in order. */
  get closedWhole() {
    return this.state === 'body' && this.#left === TO_THE_END;
  }

  /**
   * @param {Buffer} bytes which are somebody else's again afterwards
   * @returns {number} how many belonged to this response
   */
  feed(bytes) {
    let at = 0;
    while (at < bytes.length && this.state !== 'done') {
      at = this.#step(bytes, at);
    }
    return at;
  }

  /**
   * @param {Buffer} bytes
   * @param {number} at
   * @returns {number}
   */
  #step(bytes, at) {
    switch (this.state) {
      case 'head':
        return this.#feedHead(bytes, at);
      case 'body':
        return this.#feedBody(bytes, at);
      default:
        return this.#feedLine(bytes, at);
    }
  }

  /**
   * @param {Buffer} bytes
   * @param {number} at
   */
  #feedHead(bytes, at) {
    if (this.#head === '') {
      const end = bytes.indexOf(HEAD_END, at);
      if (end >= 0) {
        this.#head = bytes.toString('latin1', at, end + 4);
        this.#readHead();
        return end + 4;
      }
    }
    // It came in pieces: byte by byte, which is rare.
    const text = this.#head + bytes.toString('latin1', at);
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) {
      this.#head = text;
      this.#fail(text.length > LONGEST_HEAD ? 'a head without an end' : undefined);
      return bytes.length;
    }
    const used = end + 4 - this.#head.length;
    this.#head = text.slice(0, end + 4);
    this.#readHead();
    return at + used;
  }

  #readHead() {
    const head = this.#head;
    this.status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
    if (this.status === 0) {
      this.#fail(`not a status line: ${head.slice(0, 40)}`);
      return;
    }
    if (!this.#expected.statuses.includes(this.status)) {
      this.#fail(`status ${this.status}`);
    }
    this.last = /\r\nconnection: *close/i.test(head);
    this.retryAfter = /\r\nretry-after: *\d/i.test(head);
    this.#chunked = /\r\ntransfer-encoding: *chunked/i.test(head);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (this.#chunked) {
      this.state = 'size';
      return;
    }
    this.#left = length === undefined ? TO_THE_END : Number(length);
    this.state = 'body';
    if (this.#left === 0) {
      this.finish();
    }
  }

  /**
   * @param {Buffer} bytes
   * @param {number} at
   */
  #feedBody(bytes, at) {
    const take = Math.min(this.#left, bytes.length - at);
    const { body } = this.#expected;
    if (body !== undefined && this.status === 200 && this.problem === undefined) {
      const fits = this.size + take <= body.length;
      if (!fits || bytes.compare(body, this.size, this.size + take, at, at + take) !== 0) {
        this.#fail(`a wrong body from byte ${this.size} on`);
      }
    }
    this.size += take;
    this.#left -= take;
    if (this.#left === 0) {
      if (this.#chunked) {
        this.state = 'line-end';
      } else {
        this.finish();
      }
    }
    return at + take;
  }

  /**
   * A line between chunks.
   * @param {Buffer} bytes
   * @param {number} at
   */
  #feedLine(bytes, at) {
    const end = bytes.indexOf(10, at);
    if (end < 0) {
      this.#line += bytes.toString('latin1', at);
      return bytes.length;
    }
    const line = (this.#line + bytes.toString('latin1', at, end)).replace(/\r$/, '');
    this.#line = '';
    if (this.state === 'size') {
      this.#left = parseInt(line, 16);
      this.state = this.#left === 0 ? 'trailer' : 'body';
      if (!/^[\da-f]+$/i.test(line)) {
        this.#fail(`not a chunk size: ${line.slice(0, 20)}`);
        this.state = 'done';
      }
    } else if (this.state === 'line-end') {
      this.state = 'size';
    } else if (line === '') {
      this.finish();
    }
    return end + 1;
  }

  /** It is whole. */
  finish() {
    const { body } = this.#expected;
    if (body !== undefined && this.status === 200 && this.size !== body.length) {
      this.#fail(`a body of ${this.size} bytes, not ${body.length}`);
    }
    this.state = 'done';
  }

  /** @param {string | undefined} problem */
  #fail(problem) {
    this.problem ??= problem;
    if (problem !== undefined && this.status === 0) {
      this.state = 'done';
      this.last = true;
    }
  }
}
