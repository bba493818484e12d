/** One request over any protocol, whose response is told in the same words while it arrives and when it has ended. */
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { Connection, type Incoming } from '../support/http1';
import { until } from '../support/until';

export type Protocol = '1.0' | '1.1' | '2';

export interface Asking {
  protocol: Protocol;
  port: number;
  /** A POST declares two bytes and sends one. */
  method: 'GET' | 'HEAD' | 'POST';
  target: string;
}

export interface Client {
  /** Of the response; 0: there is none so far. */
  readonly status: number;
  /** Bytes of body so far. */
  readonly size: number;
  /** Whole or broken. */
  readonly done: boolean;
  readonly complete: boolean;
  readonly body: Buffer;
  /** The second byte of a POST. */
  sendRest(): void;
  pause(): void;
  resume(): void;
  leave(): void;
}

export const ask = (asking: Asking): Promise<Client> =>
  asking.protocol === '2' ? Promise.resolve(new Http2(asking)) : Http1.ask(asking);

export const whenDone = (client: Client): Promise<boolean> =>
  until(
    () => `the end of a response (status ${client.status}, ${client.size} bytes so far)`,
    () => client.done,
    { within: 30_000 },
  );

class Http1 implements Client {
  private constructor(
    private readonly connection: Connection,
    private readonly incoming: Incoming,
  ) {}

  static async ask({ protocol, port, method, target }: Asking): Promise<Http1> {
    const connection = await Connection.connect({ port });
    const fields = method === 'POST' ? ([['Content-Length', '2']] as const) : [];
    const incoming = connection.request({ protocol: `HTTP/${protocol}` as 'HTTP/1.1', method, target, fields });
    if (method === 'POST') {
      connection.write('a');
    }
    return new Http1(connection, incoming);
  }

  get status(): number {
    return this.incoming.head?.status ?? 0;
  }

  get size(): number {
    return this.incoming.size;
  }

  get done(): boolean {
    return this.incoming.state !== 'open' || this.incoming.fault !== undefined;
  }

  get complete(): boolean {
    return this.incoming.state === 'complete';
  }

  get body(): Buffer {
    return this.incoming.body;
  }

  sendRest(): void {
    this.connection.write('b');
  }

  pause(): void {
    this.connection.socket.pause();
  }

  resume(): void {
    this.connection.socket.resume();
  }

  leave(): void {
    this.connection.close();
  }
}

class Http2 implements Client {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #pieces: Buffer[] = [];
  status = 0;
  size = 0;
  done = false;

  constructor({ port, method, target }: Asking) {
    this.#session = connect(`http://127.0.0.1:${port}`);
    this.#session.on('error', () => {});
    const headers = { ':path': target, ':method': method, ...(method === 'POST' ? { 'content-length': 2 } : {}) };
    this.#stream = this.#session.request(headers, { endStream: method !== 'POST' });
    this.#stream.on('error', () => {});
    this.#stream.on('response', (head) => (this.status = Number(head[':status'])));
    this.#stream.on('data', (piece: Buffer) => {
      this.size += piece.length;
      this.#pieces.push(piece);
    });
    this.#stream.on('close', () => (this.done = true));
    if (method === 'POST') {
      this.#stream.write('a');
    }
  }

  get complete(): boolean {
    return this.done && this.status > 0 && this.#stream.rstCode === 0;
  }

  get body(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  sendRest(): void {
    this.#stream.end('b');
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  leave(): void {
    this.#session.destroy();
  }
}
