/** The client: plays a shape against a port, and tells what it saw. */
import { once } from 'node:events';
import { type Connection, encodeRequest, type Incoming } from '../support/http1';
import { valuesOf, type Reply } from '../support/reply';
import { until } from '../support/until';
import type { Shape, ShapeRequest, Told } from './shape';

export interface Place {
  connect(): Promise<Connection>;
  /** What is put before every target. */
  mount: string;
}

/** What came of one request. */
export interface Played {
  reply: Reply;
  /** The client left before the end, or was never told one. */
  left: boolean;
}

/** Every response of the shape, in the order of its requests. */
export async function play(shape: Shape, place: Place): Promise<Played[]> {
  const player = new Player(place, shape.connection !== undefined);
  try {
    if (shape.connection === 'pipelined') {
      return await player.playAtOnce(shape.requests);
    }
    const played: Played[] = [];
    for (const request of shape.requests) {
      played.push(await player.play(request));
    }
    return played;
  } finally {
    player.close();
  }
}

class Player {
  readonly #cookies = new Map<string, string>();
  #kept: Connection | undefined;

  constructor(
    private readonly place: Place,
    private readonly keeps: boolean,
  ) {}

  close(): void {
    this.#kept?.close();
  }

  async playAtOnce(requests: readonly ShapeRequest[]): Promise<Played[]> {
    const connection = await this.place.connect();
    this.#kept = connection;
    const expected = requests.map(({ method }) => connection.expect(method));
    connection.write(Buffer.concat(requests.map((request) => this.#encode(request))));
    return Promise.all(expected.map(async (incoming) => ({ reply: await incoming.whenDone(), left: false })));
  }

  async play(request: ShapeRequest): Promise<Played> {
    const { repeatsUntil } = request;
    let played = await this.#once(request);
    if (repeatsUntil !== undefined) {
      await until(
        () => `an answer like ${repeatsUntil}, not ${played.reply.body}`,
        async () => repeatsUntil.test(String(played.reply.body)) || ((played = await this.#once(request)), false),
      );
    }
    return played;
  }

  async #once(request: ShapeRequest): Promise<Played> {
    const connection = this.#kept ?? (await this.place.connect());
    if (this.keeps) {
      this.#kept = connection;
    }
    const incoming = connection.expect(request.method);
    await this.#send(connection, incoming, request);
    const left = await this.#receive(connection, incoming, request);
    const reply = left ? incoming.reply() : await incoming.whenDone();
    this.#keepCookies(reply);
    if (!this.keeps) {
      connection.close();
    }
    return { reply, left };
  }

  async #send(connection: Connection, incoming: Incoming, request: ShapeRequest): Promise<void> {
    const { slowly, continues, unfinished } = request;
    if (request.pausesUntil !== undefined) {
      connection.socket.pause();
    }
    if (slowly === undefined && continues !== true && unfinished === undefined) {
      connection.write(this.#encode(request));
      return;
    }
    const body = slowly ?? [String(unfinished?.sends ?? request.body ?? '')];
    const length = unfinished?.declares ?? Buffer.byteLength(body.join(''));
    const fields = [...(request.fields ?? []), ['Content-Length', String(length)] as const];
    connection.write(this.#encode({ ...request, fields, headOnly: true }));
    if (continues === true) {
      await until('100 Continue or a response', () => incoming.interim.length > 0 || incoming.head !== undefined);
      if (incoming.head !== undefined) {
        return;
      }
    }
    for (const piece of body) {
      await written(connection, piece);
    }
  }

  /** Whether the client has left. */
  async #receive(connection: Connection, incoming: Incoming, request: ShapeRequest): Promise<boolean> {
    const { unfinished, leavesAfter, pausesUntil } = request;
    if (unfinished !== undefined) {
      await this.#whenTold(unfinished.until);
    } else if (leavesAfter !== undefined) {
      await incoming.whenBytes(leavesAfter);
    } else {
      if (pausesUntil !== undefined) {
        await this.#whenTold(pausesUntil);
        connection.socket.resume();
      }
      return false;
    }
    connection.close();
    return true;
  }

  async #whenTold({ target, body }: Told): Promise<void> {
    await new Player(this.place, false).play({ target, repeatsUntil: body });
  }

  #encode(request: ShapeRequest): Buffer {
    if (request.raw !== undefined) {
      return Buffer.from(request.raw, 'latin1');
    }
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const cookie: [string, string][] = request.cookies === true && cookies !== '' ? [['Cookie', cookies]] : [];
    const target = request.target === '*' ? '*' : this.place.mount + request.target;
    return encodeRequest({ ...request, target, fields: [...(request.fields ?? []), ...cookie] });
  }

  #keepCookies(reply: Reply): void {
    for (const line of valuesOf(reply, 'Set-Cookie')) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
  }
}

async function written(connection: Connection, piece: string): Promise<void> {
  if (!connection.socket.write(piece)) {
    await once(connection.socket, 'drain');
  }
  await new Promise((resolve) => setImmediate(resolve));
}
