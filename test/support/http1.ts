/**
 * A client of HTTP/1 that sends exactly the bytes it is told to and tells exactly what came back.
 *
 * No library stands between the test and the wire: malformed requests can be sent, a response can be looked at
 * while it arrives, and a connection that is reset is told from one that ends.
 */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Field, Head, Reply } from './reply';
import { until } from './until';

export interface Address {
  port: number;
  tls?: boolean;
}

export interface RequestBytes {
  method?: string;
  /** The request target, as it stands on the request line. */
  target: string;
  fields?: readonly (readonly [string, string])[];
  /** Sent with a Content-Length. */
  body?: Uint8Array | string;
  /** Sent in chunked coding, each piece a chunk. */
  chunks?: readonly (Uint8Array | string)[];
  protocol?: 'HTTP/1.0' | 'HTTP/1.1';
  /** The request head only: what belongs to the body is sent later. */
  headOnly?: boolean;
}

const bytes = (text: Uint8Array | string) => (typeof text === 'string' ? Buffer.from(text, 'utf8') : text);

export function chunk(piece: Uint8Array | string): Buffer {
  const data = bytes(piece);
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
}

export const LAST_CHUNK = '0\r\n\r\n';

/** A request as bytes. Field names and values are Latin-1; `Host` is added unless it is given. */
export function encodeRequest(request: RequestBytes): Buffer {
  const { method = 'GET', target, fields = [], protocol = 'HTTP/1.1', body, chunks } = request;
  const lines = [`${method} ${target} ${protocol}`];
  const has = (name: string) => fields.some(([field]) => field.toLowerCase() === name);
  if (!has('host')) {
    lines.push('Host: localhost');
  }
  lines.push(...fields.map(([name, value]) => `${name}: ${value}`));
  if (body !== undefined && !has('content-length')) {
    lines.push(`Content-Length: ${bytes(body).length}`);
  }
  if (chunks !== undefined) {
    lines.push('Transfer-Encoding: chunked');
  }
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (request.headOnly === true) {
    return head;
  }
  if (chunks !== undefined) {
    return Buffer.concat([head, ...chunks.filter((piece) => piece.length > 0).map(chunk), Buffer.from(LAST_CHUNK)]);
  }
  return body === undefined ? head : Buffer.concat([head, bytes(body)]);
}

type Framing =
  { kind: 'none' } | { kind: 'length'; left: number } | { kind: 'chunked'; left: number } | { kind: 'close' };

/** One response as it arrives. */
export class Incoming {
  readonly interim: Head[] = [];
  head: Head | undefined;
  /** Body bytes that have arrived, in pieces as they came off the socket. */
  readonly pieces: Buffer[] = [];
  size = 0;
  state: 'open' | 'complete' | 'broken' = 'open';
  /** What is wrong with the bytes that came, if they are not HTTP. */
  fault: Error | undefined;
  /** Set by a test that reads much: the bytes are counted and handed over, not kept. */
  onBody: ((piece: Buffer) => void) | undefined;
  framing: Framing | undefined;

  constructor(readonly method: string) {}

  get body(): Buffer {
    return Buffer.concat(this.pieces);
  }

  async whenHead(within?: number): Promise<Head> {
    await this.#until('the head of a response', () => this.head !== undefined || this.state === 'broken', within);
    if (this.head === undefined) {
      throw new Error('the connection was closed before a response head came');
    }
    return this.head;
  }

  async whenBytes(size: number, within?: number): Promise<Buffer> {
    await this.#until(
      () => `${size} bytes of body, have ${this.size}`,
      () => this.size >= size || this.state !== 'open',
      within,
    );
    if (this.size < size) {
      throw new Error(`the response ended (${this.state}) after ${this.size} of ${size} bytes`);
    }
    return this.body;
  }

  async whenDone(within?: number): Promise<Reply> {
    await this.#until(
      () => `the end of a response (${this.head?.status ?? 'no head'}, ${this.size} bytes so far)`,
      () => this.state !== 'open',
      within,
    );
    return this.reply();
  }

  async #until(what: string | (() => string), probe: () => boolean, within: number | undefined): Promise<void> {
    await until(what, () => this.fault !== undefined || probe(), within === undefined ? {} : { within });
    if (this.fault !== undefined) {
      throw this.fault;
    }
  }

  reply(): Reply {
    const head = this.head ?? { status: 0, reason: '', fields: [] };
    const declared = head.fields.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
    return {
      ...head,
      interim: this.interim,
      body: this.body,
      complete: this.state === 'complete',
      length: declared === undefined ? undefined : Number(declared),
    };
  }
}

/** A connection, and the responses expected on it in order. */
export class Connection {
  #buffer: Buffer = Buffer.alloc(0);
  readonly #expected: Incoming[] = [];
  /** How the other side left, when it has: in order, or by a reset. */
  closed: 'open' | 'end' | 'reset' = 'open';
  /** Bytes that came although no response was expected. */
  get stray(): Buffer {
    return this.#buffer;
  }

  private constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => {
      this.#buffer = this.#buffer.length === 0 ? data : Buffer.concat([this.#buffer, data]);
      try {
        this.#advance();
      } catch (error) {
        this.#fail(error as Error);
      }
    });
    socket.on('end', () => this.#over('end'));
    socket.on('error', () => this.#over('reset'));
    socket.on('close', () => this.#over('end'));
  }

  static connect({ port, tls = false }: Address): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = tls
        ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
        : connectPlain({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once(tls ? 'secureConnect' : 'connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  write(data: Uint8Array | string): void {
    this.socket.write(data);
  }

  /** Expects one more response, to a request of this method. */
  expect(method = 'GET'): Incoming {
    const incoming = new Incoming(method);
    this.#expected.push(incoming);
    if (this.closed !== 'open') {
      incoming.state = 'broken';
    } else {
      this.#advance();
    }
    return incoming;
  }

  /** Sends a whole request and expects its response. */
  request(request: RequestBytes): Incoming {
    const incoming = this.expect(request.method);
    this.write(encodeRequest(request));
    return incoming;
  }

  /** Leaves at once, by a reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }

  /** What came is not HTTP: every waiting test is told. */
  #fail(error: Error) {
    for (const incoming of this.#expected.splice(0)) {
      incoming.fault = error;
    }
    this.socket.destroy();
  }

  #over(how: 'end' | 'reset') {
    if (this.closed !== 'open') {
      return;
    }
    this.closed = how;
    for (const incoming of this.#expected.splice(0)) {
      if (incoming.state === 'open') {
        incoming.state = incoming.framing?.kind === 'close' && how === 'end' ? 'complete' : 'broken';
      }
    }
  }

  #advance() {
    for (let incoming = this.#expected[0]; incoming !== undefined; incoming = this.#expected[0]) {
      if (!this.#feed(incoming)) {
        return;
      }
      this.#expected.shift();
    }
  }

  /** Gives a response what has arrived; true when it is complete. */
  #feed(incoming: Incoming): boolean {
    while (incoming.head === undefined) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) {
        return false;
      }
      const head = parseHead(this.#take(end + 4).toString('latin1'));
      if (head.status < 200 && head.status !== 101) {
        incoming.interim.push(head);
      } else {
        incoming.head = head;
        incoming.framing = framingOf(head, incoming.method);
      }
    }
    const complete = this.#feedBody(incoming, incoming.framing ?? { kind: 'close' });
    if (complete) {
      incoming.state = 'complete';
    }
    return complete;
  }

  #feedBody(incoming: Incoming, framing: Framing): boolean {
    switch (framing.kind) {
      case 'none':
        return true;
      case 'length': {
        const piece = this.#take(Math.min(framing.left, this.#buffer.length));
        framing.left -= piece.length;
        keep(incoming, piece);
        return framing.left === 0;
      }
      case 'close':
        keep(incoming, this.#take(this.#buffer.length));
        return false;
      case 'chunked':
        return this.#feedChunks(incoming, framing);
    }
  }

  /** `left` counts the bytes of the chunk under way with its line end; 0 is "at a size line", -1 is "in the trailer". */
  #feedChunks(incoming: Incoming, framing: { left: number }): boolean {
    for (;;) {
      if (framing.left > 2) {
        const piece = this.#take(Math.min(framing.left - 2, this.#buffer.length));
        if (piece.length === 0) {
          return false;
        }
        framing.left -= piece.length;
        keep(incoming, piece);
        continue;
      }
      if (framing.left > 0) {
        if (this.#buffer.length < framing.left) {
          return false;
        }
        if (this.#take(2).toString() !== '\r\n') {
          throw new Error('a chunk does not end with CRLF');
        }
        framing.left = 0;
        continue;
      }
      const end = this.#buffer.indexOf('\r\n');
      if (end < 0) {
        return false;
      }
      const line = this.#take(end + 2)
        .toString('latin1')
        .slice(0, -2);
      if (framing.left < 0) {
        if (line === '') {
          return true;
        }
        continue;
      }
      if (!/^[0-9a-fA-F]+$/.test(line)) {
        throw new Error(`not a chunk size: ${JSON.stringify(line)}`);
      }
      const size = parseInt(line, 16);
      framing.left = size === 0 ? -1 : size + 2;
    }
  }

  #take(size: number): Buffer {
    const taken = this.#buffer.subarray(0, size);
    this.#buffer = this.#buffer.subarray(size);
    return taken;
  }
}

function keep(incoming: Incoming, piece: Buffer) {
  if (piece.length === 0) {
    return;
  }
  incoming.size += piece.length;
  if (incoming.onBody === undefined) {
    incoming.pieces.push(piece);
  } else {
    incoming.onBody(piece);
  }
}

function parseHead(text: string): Head {
  const [first = '', ...lines] = text.slice(0, -4).split('\r\n');
  const match = /^HTTP\/1\.[01] ([0-9]{3})(?: (.*))?$/s.exec(first);
  if (match === null) {
    throw new Error(`not a status line: ${JSON.stringify(first)}`);
  }
  const fields = lines.map((line): Field => {
    const colon = line.indexOf(':');
    if (colon <= 0) {
      throw new Error(`not a header field: ${JSON.stringify(line)}`);
    }
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { status: Number(match[1]), reason: match[2] ?? '', fields };
}

function framingOf(head: Head, method: string): Framing {
  const value = (name: string) => head.fields.find(([field]) => field.toLowerCase() === name)?.[1];
  if (method === 'HEAD' || head.status === 204 || head.status === 304) {
    return { kind: 'none' };
  }
  if (value('transfer-encoding')?.toLowerCase() === 'chunked') {
    if (value('content-length') !== undefined) {
      throw new Error('a response has both a Content-Length and a chunked coding');
    }
    return { kind: 'chunked', left: 0 };
  }
  const length = value('content-length');
  return length === undefined ? { kind: 'close' } : { kind: 'length', left: Number(length) };
}
