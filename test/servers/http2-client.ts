/** A client of HTTP/2 that tells how each of its streams ended. */
import { connect, type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2';
import { afterEach, beforeEach } from 'vitest';
import type { AnySite } from '../support/site';
import { bounded, until } from '../support/until';

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
  /** RST_STREAM's code; 0 is none. */
  reset: number;
}

export class Http2Client {
  #session: ClientHttp2Session | undefined;
  #mark = '';
  #marks = 0;

  constructor(private readonly site: AnySite) {}

  /** Each test has a mark of its own, by which applications on a stage keep what they note apart. */
  begin(): void {
    this.#mark = `h2-${++this.#marks}`;
    this.connect();
  }

  connect(): void {
    this.#session = connect(this.site.server.origin);
    this.#session.on('error', () => {});
  }

  leave(): void {
    this.#session?.destroy();
  }

  open(path: string, headers: OutgoingHttpHeaders = {}): ClientHttp2Stream {
    if (this.#session === undefined) {
      throw new Error('the client has not been connected');
    }
    const stream = this.#session.request(
      { ':path': path, 'x-trial': this.#mark, ...headers },
      { endStream: headers[':method'] !== 'POST' },
    );
    stream.on('error', () => {});
    return stream;
  }

  finished(stream: ClientHttp2Stream): Promise<Answer> {
    return bounded(
      'the end of a stream',
      new Promise((resolve) => {
        let headers: Record<string, unknown> = {};
        const pieces: Buffer[] = [];
        stream.on('response', (given) => (headers = given));
        stream.on('data', (piece: Buffer) => pieces.push(piece));
        stream.on('close', () =>
          resolve({ status: Number(headers[':status']), headers, body: Buffer.concat(pieces), reset: stream.rstCode }),
        );
      }),
    );
  }

  ask(path: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.finished(this.open(path, headers));
  }

  post(path: string, body: Uint8Array, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    const stream = this.open(path, { ':method': 'POST', ...headers });
    stream.end(body);
    return this.finished(stream);
  }

  async events(mount: string): Promise<unknown[]> {
    return JSON.parse((await this.ask(`${mount}/_events`)).body.toString()) as unknown[];
  }

  async whenEvent(mount: string, expected: unknown): Promise<void> {
    let last: unknown[] = [];
    await until(
      () => `the event ${String(expected)}; there are ${JSON.stringify(last)}`,
      async () => (last = await this.events(mount)).includes(expected),
    );
  }

  release(mount: string, gate: string): Promise<Answer> {
    return this.ask(`${mount}/_release/${gate}`);
  }
}

/** A connection for each test. */
export function useHttp2(site: AnySite): Http2Client {
  const client = new Http2Client(site);
  beforeEach(() => client.begin());
  afterEach(() => client.leave());
  return client;
}
