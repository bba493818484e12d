/** What the targets that are servers have in common: a request of a case goes out over TCP, and comes back. */
import { chunk, type Connection, type Incoming, LAST_CHUNK } from '../support/http1';
import type { Head, Reply } from '../support/reply';
import { scriptNameOf } from './host-side';
import type { Exchange, Mount, Request } from './target';

/** Where the requests go. */
interface Reachable {
  readonly port: number;
  connect(port: number, tls: boolean): Promise<Connection>;
}

/** `tlsPort`: where the site speaks TLS. */
export async function openExchange(
  site: Reachable,
  tlsPort: number,
  mount: Mount,
  request: Request,
): Promise<Exchange> {
  const tls = request.https === true;
  const connection = await site.connect(tls ? tlsPort : site.port, tls);
  const { method, fields = [], body, chunks, protocol, declares, sendLater = false } = request;
  const length: [string, string][] = declares === undefined ? [] : [['Content-Length', String(declares)]];
  const incoming = connection.request({
    target: scriptNameOf(mount) + request.path,
    fields: [...fields, ...length],
    ...(method === undefined ? {} : { method }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(body === undefined ? {} : { body }),
    ...(chunks !== undefined || (sendLater && declares === undefined) ? { chunks: chunks ?? [] } : {}),
    headOnly: sendLater,
  });
  return new HttpExchange(connection, incoming, declares === undefined);
}

class HttpExchange implements Exchange {
  constructor(
    private readonly connection: Connection,
    private readonly incoming: Incoming,
    private readonly chunked: boolean,
  ) {}

  get size(): number {
    return this.incoming.size;
  }

  interim(): Head[] {
    return this.incoming.interim;
  }

  whenHead(): Promise<Head> {
    return this.incoming.whenHead();
  }

  whenBytes(size: number): Promise<Buffer> {
    return this.incoming.whenBytes(size);
  }

  async whenDone(): Promise<Reply> {
    const reply = await this.incoming.whenDone();
    this.connection.close();
    return reply;
  }

  send(piece: Uint8Array | string): void {
    this.connection.write(this.chunked ? chunk(piece) : piece);
  }

  finish(): void {
    if (this.chunked) {
      this.connection.write(LAST_CHUNK);
    }
  }

  leave(): void {
    this.connection.close();
  }

  pause(): void {
    this.connection.socket.pause();
  }

  resume(): void {
    this.connection.socket.resume();
  }
}
